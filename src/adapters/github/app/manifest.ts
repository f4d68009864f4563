import { Octokit } from "@octokit/rest";
import { z } from "zod";

import { ConfigurationError } from "../../../domain/errors.ts";
import { failureOf } from "../failure.ts";

/** What the App asks of GitHub, and what each is for. */
export const APP_PERMISSIONS = {
  contents: {
    level: "write",
    reason:
      "to read the code under review, and to put a fix that was asked for, or an audit's report, on a branch of its own",
  },
  pull_requests: { level: "write", reason: "to post reviews and answers" },
  issues: { level: "write", reason: "to read commands in comments and to react to them" },
  checks: { level: "write", reason: "to show the result as a check, with its buttons" },
  security_events: { level: "write", reason: "to hand what an audit finds to code scanning" },
  metadata: { level: "read", reason: "to ask who may start a run" },
} as const;

/** The events the App subscribes to. `push` tells of changed schedules; `installation` comes to every App unasked. */
export const APP_EVENTS = [
  "issue_comment",
  "pull_request",
  "pull_request_review_comment",
  "check_run",
  "push",
] as const;

export type AppManifest = {
  readonly name: string;
  readonly url: string;
  readonly hook_attributes: { readonly url: string; readonly active: boolean };
  readonly redirect_url: string;
  readonly callback_urls: readonly string[];
  readonly public: boolean;
  readonly default_permissions: { readonly [P in keyof typeof APP_PERMISSIONS]: (typeof APP_PERMISSIONS)[P]["level"] };
  readonly default_events: readonly string[];
};

/** The App as GitHub is to make it: https://docs.github.com/apps/sharing-github-apps/registering-a-github-app-from-a-manifest */
export function appManifest({ name, publicUrl }: { readonly name: string; readonly publicUrl: string }): AppManifest {
  return {
    name,
    url: publicUrl,
    hook_attributes: { url: `${publicUrl}/api/github/webhooks`, active: true },
    redirect_url: `${publicUrl}/setup/done`,
    callback_urls: [`${publicUrl}/login/callback`],
    public: false,
    default_permissions: {
      contents: APP_PERMISSIONS.contents.level,
      pull_requests: APP_PERMISSIONS.pull_requests.level,
      issues: APP_PERMISSIONS.issues.level,
      checks: APP_PERMISSIONS.checks.level,
      security_events: APP_PERMISSIONS.security_events.level,
      metadata: APP_PERMISSIONS.metadata.level,
    },
    default_events: APP_EVENTS,
  };
}

/** What GitHub hands over once, when it has made the App. */
export type NewAppCredentials = {
  readonly appId: number;
  readonly slug: string;
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly webhookSecret: string;
  readonly privateKey: string;
};

const Conversion = z.object({
  id: z.int(),
  slug: z.string(),
  html_url: z.string(),
  client_id: z.string(),
  client_secret: z.string(),
  webhook_secret: z.string().min(1),
  pem: z.string().min(1),
});

/** Exchanges the code that the browser came back with. @throws {ConfigurationError} it is not good (any more). */
export async function convertManifest(apiUrl: string, code: string, signal: AbortSignal): Promise<NewAppCredentials> {
  const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  const client = new Octokit({ baseUrl: apiUrl.replace(/\/$/, ""), userAgent: "parallel-review", log });
  try {
    const { data } = await client.request("POST /app-manifests/{code}/conversions", { code, request: { signal } });
    const app = Conversion.parse(data);
    return {
      appId: app.id,
      slug: app.slug,
      url: app.html_url,
      clientId: app.client_id,
      clientSecret: app.client_secret,
      webhookSecret: app.webhook_secret,
      privateKey: app.pem,
    };
  } catch (error) {
    signal.throwIfAborted();
    const { message } = failureOf(error);
    throw new ConfigurationError(
      `GitHub did not hand over the new App (${message}): its code is good once, for an hour. Start again at /setup, after deleting the App that was made`,
      { cause: error },
    );
  }
}

function ignore(): void {}
