import type { Context, Hono } from "hono";

import type { Repositories } from "../../ports/login.ts";

/** Who looks at a page, and what of it is theirs to see. */
export type Viewer = {
  readonly name: string;
  readonly canLeave: boolean;
  /** `all`: on a machine of one's own. */
  readonly repositories: "all" | Repositories;
  /** What a form of this viewer carries, and nobody else's does. */
  readonly csrf: string;
};

/** Who may come in. */
export type Gate = {
  /** `https://reviews.acme.example`: the only origin that may send us forms. Undefined: this request has no business here. */
  origin(context: Context): string | undefined;
  /** Undefined: nobody is signed in. @throws {ExternalError} GitHub did not tell. */
  viewer(context: Context): Promise<Viewer | undefined>;
  /** Pages of its own: signing in and out. */
  readonly routes?: Hono;
};

export function maySee({ repositories }: Viewer, repositoryId: number): boolean {
  return repositories === "all" || repositories.has(repositoryId);
}

/** Whether the viewer may stop and start runs there. */
export function mayAct({ repositories }: Viewer, repositoryId: number): boolean {
  return repositories === "all" || repositories.get(repositoryId) === "write";
}

/** The repositories to ask the archive for; absent for all. */
export function seen({ repositories }: Viewer): { readonly repositoryIds?: readonly number[] } {
  return repositories === "all" ? {} : { repositoryIds: [...repositories.keys()] };
}
