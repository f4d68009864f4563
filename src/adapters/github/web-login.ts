import { deleteToken, exchangeWebFlowCode, getWebFlowAuthorizationUrl } from "@octokit/oauth-methods";
import { Octokit } from "@octokit/rest";
import { z } from "zod";

import { ExternalError } from "../../domain/errors.ts";
import type { Login, Repositories, SignedIn } from "../../ports/login.ts";
import { failureOf } from "./failure.ts";

export type WebLoginOptions = {
  /** The App's own, from its settings page. */
  readonly clientId: string;
  readonly clientSecret: string;
  /** `https://api.github.com`, or `https://host/api/v3`. */
  readonly apiUrl: string;
};

const User = z.object({ login: z.string(), id: z.number() });
const Installations = z.object({ installations: z.array(z.object({ id: z.number() })) });
const InstallationRepositories = z.object({
  repositories: z.array(
    z.object({ id: z.number(), permissions: z.object({ push: z.boolean() }).partial().optional() }),
  ),
});

const PER_PAGE = 100;
/** Pages of one list; 10,000 repositories of one installation. Beyond it the person sees the first ones. */
const MAX_PAGES = 100;
const TIMEOUT_MS = 10_000;

/** Signing in with GitHub as users of the App: their token can do at most what the App may, and only where they may. */
export function webLogin({ clientId, clientSecret, apiUrl }: WebLoginOptions): Login {
  const log = { debug: ignore, info: ignore, warn: ignore, error: ignore };
  const client = (auth?: string): InstanceType<typeof Octokit> =>
    new Octokit({ baseUrl: apiUrl, userAgent: "parallel-review", log, ...(auth === undefined ? {} : { auth }) });
  const { request } = client();
  const app = { clientType: "github-app", clientId } as const;

  return {
    address({ state, codeChallenge, redirectUrl }) {
      const { url } = getWebFlowAuthorizationUrl({ ...app, state, redirectUrl, allowSignup: false, request });
      const address = new URL(url);
      address.searchParams.set("code_challenge", codeChallenge);
      address.searchParams.set("code_challenge_method", "S256");
      return address.href;
    },

    async exchange({ code, codeVerifier, redirectUrl }, signal): Promise<SignedIn | undefined> {
      const timed = { signal: within(signal) };
      try {
        // The library knows no verifier; what is a default of the request goes into its body.
        const proving = request.defaults({ code_verifier: codeVerifier, request: timed });
        const { authentication } = await exchangeWebFlowCode({
          ...app,
          clientSecret,
          code,
          redirectUrl,
          request: proving,
        });
        const { token } = authentication;
        const { data } = await client(token).request("GET /user", { request: timed });
        const { login, id } = User.parse(data);
        return { token, name: login, userId: id };
      } catch (error) {
        return undefinedWhenRefused(error, signal, [400, 401, 404], "sign you in");
      }
    },

    async repositories(token, signal): Promise<Repositories | undefined> {
      const octokit = client(token);
      const page = async (route: string, at: number): Promise<unknown> =>
        (await octokit.request(route, { per_page: PER_PAGE, page: at, request: { signal: within(signal) } })).data;
      try {
        const found = new Map<number, "read" | "write">();
        const installations = await everything(
          async (at) => Installations.parse(await page("GET /user/installations", at)).installations,
        );
        for (const { id } of installations) {
          const route = `GET /user/installations/${id}/repositories`;
          const repositories = await everything(
            async (at) => InstallationRepositories.parse(await page(route, at)).repositories,
          );
          for (const { id: repository, permissions } of repositories) {
            found.set(repository, permissions?.push === true ? "write" : "read");
          }
        }
        return found;
      } catch (error) {
        return undefinedWhenRefused(error, signal, [401], "ask which repositories you can read");
      }
    },

    async forget(token, signal) {
      await deleteToken({
        ...app,
        clientSecret,
        token,
        request: request.defaults({ request: { signal: within(signal) } }),
      }).catch(ignore);
    },
  };
}

/** All pages of a list, one after the other. */
async function everything<T>(page: (at: number) => Promise<readonly T[]>): Promise<readonly T[]> {
  const all: T[] = [];
  for (let at = 1; at <= MAX_PAGES; at += 1) {
    const part = await page(at);
    all.push(...part);
    if (part.length < PER_PAGE) break;
  }
  return all;
}

function within(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
}

/** What is thrown carries nothing of the request: the token and the secret are in there. */
function undefinedWhenRefused(
  error: unknown,
  signal: AbortSignal,
  refusals: readonly number[],
  what: string,
): undefined {
  signal.throwIfAborted();
  const { status, kind } = failureOf(error);
  if (status !== undefined && refusals.includes(status) && kind !== "rate-limited") return undefined;
  throw new ExternalError("GitHub", `GitHub did not answer when it was asked to ${what}`, { retryable: true });
}

function ignore(): void {}
