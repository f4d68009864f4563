import { z } from "zod";

import { ExternalError, errorMessage } from "../domain/errors.ts";

const Answer = z.object({ value: z.string().min(1) });

/** Where a job with `id-token: write` asks GitHub who it is. */
export type IdentityService = { readonly url: string; readonly token: string };

/** The service as the runner names it; undefined in jobs without `id-token: write`. */
export function identityService(env: NodeJS.ProcessEnv): IdentityService | undefined {
  const [url = "", token = ""] = [env["ACTIONS_ID_TOKEN_REQUEST_URL"], env["ACTIONS_ID_TOKEN_REQUEST_TOKEN"]];
  return url === "" || token === "" ? undefined : { url, token };
}

/**
 * A token that says which workflow this is, made for `audience`. Not by @actions/core, whose HTTP client would be half of the bundle.
 * @throws {ExternalError} GitHub gave none.
 */
export async function workflowIdentity({ url, token }: IdentityService, audience: string): Promise<string> {
  const address = new URL(url);
  address.searchParams.set("audience", audience);
  try {
    const response = await fetch(address, {
      headers: { authorization: `Bearer ${token}`, accept: "application/json" },
      signal: AbortSignal.timeout(30_000),
    });
    if (!response.ok) throw new Error(`status ${response.status}`);
    return Answer.parse(await response.json()).value;
  } catch (error) {
    const [said = ""] = errorMessage(error).split("\n");
    throw new ExternalError("GitHub", `GitHub gave no identity token: ${said}`, { fatal: true, cause: error });
  }
}
