import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { allowedBy, disjoint, firstOverlap, type NewFiles, type WriteScope } from "../../src/domain/write-scope.ts";

function scope(paths: readonly string[], newFiles: readonly NewFiles[] = []): WriteScope {
  return { paths, newFiles };
}

const tests = (folder: string, prefix: string, suffix = ".test.ts"): NewFiles => ({ folder, prefix, suffix });

describe("write scope", () => {
  it("has its paths exactly, and new files by the beginning and end of their names", () => {
    const one = scope(["src/order.ts"], [tests("test", "order")]);

    expect(allowedBy(one, "src/order.ts")).toBe("write");
    expect(allowedBy(one, "test/order.test.ts")).toBe("create");
    expect(allowedBy(one, "test/order-total.test.ts")).toBe("create");
  });

  it.each([
    "src/Order.ts",
    "src/order.ts/x",
    "src",
    "order.ts",
    "src/order.ts ",
    "test/deep/order.test.ts",
    "test/border.test.ts",
    "test/order.ts",
    "other/order.test.ts",
    "test/order.test.ts/x",
    "*",
    "__proto__",
  ])("does not have %s", (path) => {
    expect(allowedBy(scope(["src/order.ts"], [tests("test", "order")]), path)).toBe("nothing");
  });

  it("does not let the beginning and the end of a name be the same characters", () => {
    expect(allowedBy(scope([], [{ folder: "", prefix: "aba", suffix: "aba" }]), "aba")).toBe("nothing");
    expect(allowedBy(scope([], [{ folder: "", prefix: "aba", suffix: "aba" }]), "abaaba")).toBe("create");
  });

  it("names the two scopes that share a path, and the path", () => {
    const scopes = [scope(["a.ts"]), scope(["b.ts"]), scope(["c.ts", "a.ts"])];

    expect(firstOverlap(scopes)).toEqual({ first: 0, second: 2, what: "a.ts" });
    expect(disjoint(scopes)).toBe(false);
    expect(disjoint(scopes.slice(0, 2))).toBe(true);
  });

  it("finds a path that another scope may create, whichever comes first", () => {
    const creator = scope([], [tests("test", "order")]);
    const owner = scope(["test/order-total.test.ts"]);

    expect(firstOverlap([creator, owner])).toEqual({ first: 0, second: 1, what: "test/order-total.test.ts" });
    expect(firstOverlap([owner, creator])).toEqual({ first: 0, second: 1, what: "test/order-total.test.ts" });
  });

  it("finds two patterns that one name can fit", () => {
    const scopes = [scope([], [tests("test", "order")]), scope([], [tests("test", "order-total")])];

    expect(firstOverlap(scopes)).toEqual({ first: 0, second: 1, what: "test/order-total*.test.ts" });
  });

  it("lets one scope say the same thing twice", () => {
    expect(disjoint([scope(["a.ts", "a.ts"], [tests("", "a"), tests("", "a")])])).toBe(true);
  });

  it("never calls scopes disjoint that both have some path", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 3 });
    const folder = fc.constantFrom("", "t");
    const newFiles = fc.array(fc.record({ folder, prefix: text, suffix: text }), { maxLength: 2 });
    const path = fc
      .tuple(folder, fc.string({ unit: fc.constantFrom("a", "b"), minLength: 1, maxLength: 6 }))
      .map(([at, name]) => (at === "" ? name : `${at}/${name}`));
    const anyScope = fc.record({ paths: fc.array(path, { maxLength: 3 }), newFiles });

    fc.assert(
      fc.property(fc.array(anyScope, { maxLength: 4 }), path, (scopes, probe) => {
        const having = scopes.filter((each) => allowedBy(each, probe) !== "nothing");

        expect(disjoint(scopes) && having.length > 1).toBe(false);
      }),
    );
  });

  it("calls two scopes overlapping only when some path is in both", () => {
    const text = fc.string({ unit: fc.constantFrom("a", "b"), maxLength: 3 });
    const files = fc.record({ folder: fc.constantFrom("", "t"), prefix: text, suffix: text });

    fc.assert(
      fc.property(files, files, (a, b) => {
        const names = [a.prefix, b.prefix].flatMap((start) => [a.suffix, b.suffix].map((end) => start + end));
        const paths = names.map((name) => (a.folder === "" ? name : `${a.folder}/${name}`));
        const both = paths.some((path) => [a, b].every((each) => allowedBy(scope([], [each]), path) === "create"));

        expect(disjoint([scope([], [a]), scope([], [b])])).toBe(!both);
      }),
    );
  });
});
