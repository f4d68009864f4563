import { refusal, type Answer } from "../http/answer.ts";
import { isObject } from "../http/request-body.ts";
import type { StandinToken } from "../tokens.ts";
import type { World } from "../world.ts";
import { parseDocument, type Operation } from "./document.ts";
import { mutations } from "./mutations.ts";
import { GraphqlProblem, project, type GraphqlObject } from "./project.ts";
import { queries } from "./queries.ts";

/** Answers `POST /graphql`: 200 with `data` and, where something was refused, `errors`. @throws Refusal 401 without a token */
export async function serveGraphql(world: World, token: StandinToken | undefined, body: unknown): Promise<Answer> {
  if (token === undefined) throw refusal(401, "This endpoint requires you to be authenticated.");
  const request = isObject(body) ? body : {};
  const { query, variables } = request;
  if (typeof query !== "string") {
    return {
      status: 200,
      body: { errors: [{ message: "A query attribute must be specified and must be a string." }] },
    };
  }
  let operation: Operation;
  try {
    operation = parseDocument(query, isObject(variables) ? variables : {});
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { status: 200, body: { errors: [{ message: `Parse error: ${message}` }] } };
  }
  const root = operation.kind === "mutation" ? mutations(world, token) : queries(world, token);
  return { status: 200, body: await resolve(root, operation) };
}

/** Each root field succeeds or fails on its own. */
async function resolve(root: GraphqlObject, { selection }: Operation): Promise<Record<string, unknown>> {
  const data: Record<string, unknown> = {};
  const errors: Record<string, unknown>[] = [];
  for (const field of selection.fields) {
    try {
      // oxlint-disable-next-line no-await-in-loop
      Object.assign(data, await project(root, { fields: [field], fragments: [] }));
    } catch (error) {
      if (!(error instanceof GraphqlProblem)) throw error;
      data[field.alias] = null;
      errors.push({
        type: error.type,
        path: [field.alias],
        locations: [{ line: 1, column: 1 }],
        message: error.message,
      });
    }
  }
  return errors.length === 0 ? { data } : { data, errors };
}
