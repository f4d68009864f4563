import type { StandinRepository, StandinUser } from "../model.ts";
import type { StandinToken } from "../tokens.ts";
import type { World } from "../world.ts";
import type { Answer } from "./answer.ts";
import type { RequestBody } from "./request-body.ts";

/** One API request, authenticated and with its repository found. */
export interface Call {
  readonly world: World;
  readonly method: string;
  readonly url: URL;
  /** The parts of the path a route names, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly body: RequestBody;
  readonly accept: string;
  /** Undefined for an anonymous request. */
  readonly token: StandinToken | undefined;
  /** What the Authorization header holds. */
  readonly credential: string | undefined;
}

/** A call below `/repos/{owner}/{repo}`. */
export interface RepositoryCall extends Call {
  readonly repository: StandinRepository;
}

/** A repository call that needs somebody to have signed in. */
export interface SignedCall extends RepositoryCall {
  readonly token: StandinToken;
  readonly actor: StandinUser;
}

type Handler<Kind> = (call: Kind) => Answer | Promise<Answer>;

export type Permission =
  | "actions"
  | "checks"
  | "contents"
  | "issues"
  | "metadata"
  | "pull_requests"
  | "security_events"
  | "statuses"
  | "workflows";

/** `issues=write` and the like. A route lists alternatives: one of them is enough. */
export type Grant = `${Permission}=${"read" | "write"}`;

export type Route =
  | { readonly method: string; readonly pattern: string; readonly scope: "any"; readonly handle: Handler<Call> }
  | {
      readonly method: string;
      readonly pattern: string;
      readonly scope: "read";
      readonly needs: readonly Grant[];
      readonly handle: Handler<RepositoryCall>;
    }
  | {
      readonly method: string;
      readonly pattern: string;
      readonly scope: "write";
      readonly needs: readonly Grant[];
      readonly handle: Handler<SignedCall>;
    };

/** A route outside a repository. */
export function anyRoute(method: string, pattern: string, handle: Handler<Call>): Route {
  return { method, pattern, scope: "any", handle };
}

/** A route that reads: on a public repository no permission is needed. `pattern` is relative to the repository. */
export function readRoute(pattern: string, needs: readonly Grant[], handle: Handler<RepositoryCall>): Route {
  return { method: "GET", pattern: `/repos/:owner/:repo${pattern}`, scope: "read", needs, handle };
}

/** A route that writes, or reads what only somebody signed in may read. `pattern` is relative to the repository. */
export function writeRoute(
  method: string,
  pattern: string,
  needs: readonly Grant[],
  handle: Handler<SignedCall>,
): Route {
  return { method, pattern: `/repos/:owner/:repo${pattern}`, scope: "write", needs, handle };
}
