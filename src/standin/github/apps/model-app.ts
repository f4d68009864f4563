import type { KeyObject } from "node:crypto";

import type { Permission } from "../http/route.ts";
import type { StandinUser } from "../model.ts";

export type AppPermissions = Readonly<Partial<Record<Permission, "read" | "write">>>;

/** A GitHub App as this stand-in knows it. */
export interface StandinApp {
  readonly id: number;
  readonly slug: string;
  readonly name: string;
  readonly owner: StandinUser;
  /** What it posts as: `<slug>[bot]`. */
  readonly bot: StandinUser;
  readonly clientId: string;
  readonly clientSecret: string;
  /** PEM; GitHub keeps only the public half and hands this out once. */
  readonly privateKey: string;
  readonly publicKey: KeyObject;
  permissions: AppPermissions;
  /** Events it subscribes to. `installation` and `ping` come to every App. */
  events: readonly string[];
  readonly hook: { url: string; secret: string; active: boolean };
  readonly callbackUrls: readonly string[];
  readonly installations: Map<number, StandinInstallation>;
  /** Newest last. */
  readonly deliveries: StandinDelivery[];
  readonly createdAt: string;
}

export interface StandinInstallation {
  readonly id: number;
  readonly account: StandinUser;
  /** `owner/name` in lower case; undefined is every repository of the account. */
  repositories: readonly string[] | undefined;
  permissions: AppPermissions;
  events: readonly string[];
  readonly createdAt: string;
  suspended: boolean;
}

/** One attempt to hand an event to an App. */
export interface StandinDelivery {
  readonly id: number;
  /** The same for every attempt of one event. */
  readonly guid: string;
  readonly deliveredAt: string;
  readonly redelivery: boolean;
  readonly event: string;
  readonly action: string | null;
  readonly installationId: number | null;
  readonly repositoryId: number | null;
  readonly url: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly payload: Readonly<Record<string, unknown>>;
  durationSeconds: number;
  /** 0 where no answer came. */
  statusCode: number;
  /** `OK`, `timed out`, ... as GitHub's list shows it. */
  status: string;
  responseHeaders: Readonly<Record<string, string>>;
  responseBody: string;
}
