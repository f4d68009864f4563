import type { Selection } from "./document.ts";

/** A resolved object: plain values, nested objects and lists, or functions of the field's arguments for what takes some or is dear. */
export interface GraphqlObject {
  readonly __typename: string;
  readonly [field: string]: unknown;
}

type Resolver = (args: Readonly<Record<string, unknown>>) => unknown;

/** One entry of the `errors` of an answer. */
export class GraphqlProblem extends Error {
  readonly type: string;

  constructor(type: string, message: string) {
    super(message);
    this.name = "GraphqlProblem";
    this.type = type;
  }
}

/** Cuts an object down to what was asked for. A field nobody resolves is an error, never a silent null. */
export async function project(object: GraphqlObject, selection: Selection): Promise<Record<string, unknown>> {
  const result: Record<string, unknown> = {};
  for (const { alias, name, args, selection: inner } of selection.fields) {
    if (!(name in object)) {
      throw new GraphqlProblem("undefinedField", `Field '${name}' doesn't exist on type '${object.__typename}'`);
    }
    const field = object[name];
    // In order: mutations must not overtake each other.
    // oxlint-disable-next-line no-await-in-loop
    const value: unknown = isResolver(field) ? await field(args) : field;
    // oxlint-disable-next-line no-await-in-loop
    result[alias] = inner === undefined ? value : await projectValue(value, inner);
  }
  for (const { on, selection: inner } of selection.fragments) {
    // oxlint-disable-next-line no-await-in-loop
    if (on === object.__typename) Object.assign(result, await project(object, inner));
  }
  return result;
}

async function projectValue(value: unknown, selection: Selection): Promise<unknown> {
  if (Array.isArray(value)) {
    return Promise.all(value.map(async (item: unknown) => projectValue(item, selection)));
  }
  return isGraphqlObject(value) ? project(value, selection) : null;
}

export function isGraphqlObject(value: unknown): value is GraphqlObject {
  return typeof value === "object" && value !== null && "__typename" in value;
}

function isResolver(value: unknown): value is Resolver {
  return typeof value === "function";
}

/** A connection over a list: `first`, `after`, `last`, `before`, with nodes, edges and page information. */
export function connection(typename: string, items: readonly GraphqlObject[]): Resolver {
  return ({ first, after, last, before }) => {
    const start = typeof after === "string" ? Number(after.replace("cursor:", "")) : 0;
    const stop = typeof before === "string" ? Number(before.replace("cursor:", "")) - 1 : items.length;
    const low = typeof last === "number" ? Math.max(start, stop - last) : start;
    const high = typeof first === "number" ? Math.min(stop, low + first) : stop;
    const nodes = items.slice(low, high);
    return {
      __typename: `${typename}Connection`,
      totalCount: items.length,
      nodes,
      edges: nodes.map((node, index) => ({
        __typename: `${typename}Edge`,
        cursor: `cursor:${String(low + index + 1)}`,
        node,
      })),
      pageInfo: {
        __typename: "PageInfo",
        hasNextPage: high < items.length,
        hasPreviousPage: low > 0,
        startCursor: nodes.length === 0 ? null : `cursor:${String(low + 1)}`,
        endCursor: nodes.length === 0 ? null : `cursor:${String(high)}`,
      },
    };
  };
}
