import { z } from "zod";

import type { GitHubFailure } from "./failure.ts";
import type { Answer, GitHub } from "./octokit.ts";

const KIND_BY_TYPE: Readonly<Record<string, GitHubFailure["kind"]>> = {
  FORBIDDEN: "forbidden",
  INSUFFICIENT_SCOPES: "forbidden",
  NOT_FOUND: "not-found",
  RATE_LIMITED: "rate-limited",
};

const Errors = z.array(z.object({ type: z.string().optional(), message: z.string() }));

/** One GraphQL query. GraphQL reports failures with status 200: they come back as failures here, as REST's do. */
export async function sendQuery<T>(
  github: GitHub,
  query: string,
  variables: Readonly<Record<string, unknown>>,
  schema: z.ZodType<T>,
  signal: AbortSignal,
): Promise<Answer<T>> {
  const envelope = z.object({ data: z.unknown(), errors: Errors.optional() });
  const answer = await github.send({ route: "POST /graphql", parameters: { query, variables } }, envelope, signal);
  if (!answer.ok) return answer;
  const data = schema.safeParse(answer.data.data);
  if (data.success) return { ok: true, data: data.data };
  const [error] = answer.data.errors ?? [];
  const kind = KIND_BY_TYPE[error?.type ?? ""] ?? "unavailable";
  return {
    ok: false,
    failure: { kind, status: 200, message: (error?.message ?? "an answer without data").slice(0, 200) },
  };
}
