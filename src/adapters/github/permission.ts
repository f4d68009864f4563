import { z } from "zod";

import type { Requester } from "../../domain/trigger.ts";
import type { GitHub } from "./octokit.ts";
import { errorOf } from "./translate-error.ts";

export type Authorisation = { readonly allowed: true } | { readonly allowed: false; readonly reason: string };

const BUILT_IN_ROLES: ReadonlySet<string> = new Set(["none", "read", "triage", "write", "maintain", "admin"]);
const WRITE_ROLES: ReadonlySet<string> = new Set(["write", "maintain", "admin"]);

const Level = z.object({
  permission: z.string(),
  role_name: z.string().optional(),
  user: z.object({ id: z.number(), type: z.string() }).nullish(),
});

/**
 * Whether the requester may start a run: a person with write access now, asked of GitHub, whatever the event says of their
 * association. Bots, and comments that an app wrote for a user, only when their numeric id is in `allowedBots`.
 * @throws {ConfigurationError | ExternalError} GitHub did not tell; nothing may start then.
 */
export async function authorise(
  github: GitHub,
  requester: Requester,
  allowedBots: ReadonlySet<number>,
  signal: AbortSignal,
): Promise<Authorisation> {
  const isPerson = (requester.type ?? "User") === "User" && requester.viaApp !== true;
  if (!isPerson) {
    if (requester.id !== undefined && allowedBots.has(requester.id)) return { allowed: true };
    return refuse(requester, "is a bot or wrote through an app, and its id is not among the allowed bots");
  }
  const answer = await github.send(
    {
      route: "GET /repos/{owner}/{repo}/collaborators/{username}/permission",
      parameters: { username: requester.login },
    },
    Level,
    signal,
  );
  if (!answer.ok) {
    if (answer.failure.kind === "not-found") return refuse(requester, "is not a collaborator");
    throw errorOf(answer.failure, { what: "ask what the requester may do", permission: "metadata: read" });
  }
  const { user } = answer.data;
  if (user === undefined || user === null || user.type !== "User") return refuse(requester, "is not a person");
  if (requester.id !== undefined && user.id !== requester.id) return refuse(requester, "has changed hands");
  return mayWrite(answer.data) ? { allowed: true } : refuse(requester, "has no write access");
}

/** A custom role counts as the built-in one it extends, which is what `permission` then says. */
function mayWrite({ permission, role_name: role }: z.infer<typeof Level>): boolean {
  if (role !== undefined && BUILT_IN_ROLES.has(role)) return WRITE_ROLES.has(role);
  return WRITE_ROLES.has(permission);
}

function refuse(requester: Requester, why: string): Authorisation {
  return { allowed: false, reason: `${requester.login} may not start a run: the account ${why}` };
}
