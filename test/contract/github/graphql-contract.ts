import { schema as github } from "@octokit/graphql-schema";
import { buildSchema, getVariableValues, Kind, parse, validate, type GraphQLSchema } from "graphql";

export interface GraphqlContract {
  /** What is wrong with a document and its variables by GitHub's public schema; empty if it is fine. */
  check(document: string, variables: Readonly<Record<string, unknown>>): string[];
}

/** The schema is built (0.3 s) when the first document comes. */
export function createGraphqlContract(): GraphqlContract {
  let built: GraphQLSchema | undefined;
  return {
    check: (text, variables) => {
      built ??= buildSchema(github.idl, { assumeValid: true });
      const schema = built;
      let document;
      try {
        document = parse(text);
      } catch (error) {
        return [`graphql: ${error instanceof Error ? error.message : String(error)}`];
      }
      const found = validate(schema, document).map(({ message }) => `graphql: ${message}`);
      for (const definition of document.definitions) {
        if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
        const { errors } = getVariableValues(schema, definition.variableDefinitions ?? [], variables);
        found.push(...(errors ?? []).map(({ message }) => `graphql: ${message}`));
        const declared = new Set(definition.variableDefinitions?.map(({ variable }) => variable.name.value));
        const stray = Object.keys(variables).filter((name) => !declared.has(name));
        found.push(...stray.map((name) => `graphql: variable $${name} is not declared`));
      }
      return found;
    },
  };
}
