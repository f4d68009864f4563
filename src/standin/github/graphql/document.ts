/**
 * Reads the part of GraphQL that clients of this project write: one operation, variables, aliases, arguments, nested selections and
 * inline fragments. No named fragments, directives or variable defaults. Documents are checked against GitHub's schema elsewhere.
 */

interface Field {
  readonly alias: string;
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** Undefined for a leaf. */
  readonly selection: Selection | undefined;
}

export interface Selection {
  readonly fields: readonly Field[];
  readonly fragments: readonly { readonly on: string; readonly selection: Selection }[];
}

export interface Operation {
  readonly kind: "query" | "mutation";
  readonly selection: Selection;
}

const TOKEN =
  /\s+|,|#[^\n]*|("""[\s\S]*?"""|"(?:\\.|[^"\\])*"|\.\.\.|[!$():=@[\]{|}&]|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|\w+)/gy;

/** @throws Error that says what was expected, with the text it stumbled over. */
export function parseDocument(text: string, variables: Readonly<Record<string, unknown>>): Operation {
  const tokens = [...text.matchAll(TOKEN)].flatMap(([, token]) => token ?? []);
  let at = 0;
  const peek = (): string | undefined => tokens[at];
  const take = (): string => {
    const token = tokens[at];
    if (token === undefined) throw new Error("Unexpected end of document");
    at += 1;
    return token;
  };
  const expect = (wanted: string): void => {
    const token = take();
    if (token !== wanted) throw new Error(`Expected ${wanted}, actual: ${token}`);
  };

  const value = (): unknown => {
    const token = take();
    if (token === "$") return variables[take()];
    if (token === "[") return list();
    if (token === "{") return record("}");
    if (token.startsWith('"""')) return token.slice(3, -3).trim();
    if (token.startsWith('"')) return JSON.parse(token);
    if (token === "true" || token === "false") return token === "true";
    if (token === "null") return null;
    return /^-?\d/.test(token) ? Number(token) : token;
  };
  const list = (): unknown[] => {
    const items: unknown[] = [];
    while (peek() !== "]") items.push(value());
    expect("]");
    return items;
  };
  const record = (end: string): Record<string, unknown> => {
    const entries: [string, unknown][] = [];
    while (peek() !== end) {
      const name = take();
      expect(":");
      const given = value();
      if (given !== undefined) entries.push([name, given]);
    }
    expect(end);
    return Object.fromEntries(entries);
  };
  const selection = (): Selection => {
    const fields: Field[] = [];
    const fragments: { on: string; selection: Selection }[] = [];
    expect("{");
    while (peek() !== "}") {
      if (peek() === "...") {
        take();
        expect("on");
        fragments.push({ on: take(), selection: selection() });
      } else fields.push(field());
    }
    expect("}");
    return { fields, fragments };
  };
  const field = (): Field => {
    const first = take();
    let name = first;
    if (peek() === ":") {
      take();
      name = take();
    }
    let args: Record<string, unknown> = {};
    if (peek() === "(") {
      take();
      args = record(")");
    }
    return { alias: first, name, args, selection: peek() === "{" ? selection() : undefined };
  };

  let kind: Operation["kind"] = "query";
  if (peek() !== "{") {
    kind = take() === "mutation" ? "mutation" : "query";
    // The name and the variable definitions: types are GitHub's business.
    while (peek() !== "{" && peek() !== undefined) take();
  }
  return { kind, selection: selection() };
}
