import { describe, expect, it } from "vitest";

import { deriveNeeds, mayMatch } from "../../../src/adapters/rules/needs.ts";

describe("deriveNeeds", () => {
  it("takes the words of a pattern, not its metavariables", () => {
    const needs = deriveNeeds({ rule: { pattern: "await $DB.query($$$ARGS)" } }, ["typescript"]);

    expect(needs).toEqual([["await"], ["query"]]);
  });

  it("takes one text of each alternative", () => {
    const needs = deriveNeeds({ rule: { any: [{ pattern: "eval($A)" }, { pattern: "runInContext($A)" }] } }, [
      "typescript",
    ]);

    expect(needs).toEqual([["eval", "runInContext"]]);
  });

  it("demands nothing when one alternative is not understood", () => {
    const needs = deriveNeeds({ rule: { any: [{ pattern: "eval($A)" }, { kind: "arrow_function" }] } }, ["typescript"]);

    expect(needs).toEqual([]);
  });

  it("follows utils and survives utils that name each other", () => {
    const needs = deriveNeeds(
      {
        rule: { matches: "a" },
        utils: { a: { all: [{ matches: "b" }, { regex: "^(query|execute)$" }] }, b: { matches: "a" } },
      },
      ["typescript"],
    );

    expect(needs).toEqual([["query", "execute"]]);
  });

  it("ignores what must not be there", () => {
    expect(deriveNeeds({ rule: { kind: "call_expression", not: { pattern: "release($A)" } } }, ["typescript"])).toEqual(
      [],
    );
  });

  it("knows keywords only of the languages whose kinds it knows", () => {
    expect(deriveNeeds({ rule: { kind: "catch_clause" } }, ["typescript"])).toEqual([["catch"]]);
    expect(deriveNeeds({ rule: { kind: "catch_clause" } }, ["typescript", "php"])).toEqual([]);
  });

  it("does not take regular expressions apart", () => {
    expect(deriveNeeds({ rule: { regex: "^a.*b$" } }, ["typescript"])).toEqual([]);
  });
});

describe("mayMatch", () => {
  it("wants one text of every clause", () => {
    const contains = (literal: string): boolean => "for await query".includes(literal);

    expect(mayMatch([["for", "while"], ["query"]], contains)).toBe(true);
    expect(mayMatch([["for"], ["execute"]], contains)).toBe(false);
    expect(mayMatch([], contains)).toBe(true);
  });
});
