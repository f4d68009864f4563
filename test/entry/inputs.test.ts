import { readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";
import { parse } from "yaml";

import { Inputs, readInputs } from "../../src/entry/inputs.ts";

type ActionFile = { inputs: Record<string, { default: string }> };
const action = parse(readFileSync(join(import.meta.dirname, "../../action.yml"), "utf8")) as ActionFile;

function reader(overrides: Record<string, string> = {}): (name: string) => string {
  const given: Record<string, string> = { "github-token": "token", ...overrides };
  return (name) => given[name] ?? action.inputs[name]?.default ?? "";
}

describe("readInputs", () => {
  it("knows exactly the inputs that action.yml declares", () => {
    expect(Object.keys(Inputs.shape)).toEqual(Object.keys(action.inputs));
  });

  it("accepts the defaults of action.yml", () => {
    const inputs = readInputs(reader());

    expect(inputs).toMatchObject({ job: "auto", engine: "auto", "max-concurrency": 32, "dry-run": false });
    expect(inputs["budget-usd"]).toBeUndefined();
    expect(inputs["pull-request"]).toBeUndefined();
  });

  it.each([
    [{ engine: "gpt" }, "input engine must be one of auto, claude, rules"],
    [{ "max-concurrency": "0" }, "input max-concurrency must be at least 1"],
    [{ "budget-usd": "lots" }, "input budget-usd must be an amount in US dollars"],
    [{ "pull-request": "abc" }, "input pull-request must be a whole number"],
    [{ "github-token": "" }, "input github-token is empty"],
    [{ "dry-run": "yes" }, "input dry-run must be one of true, false"],
    [{ "anthropic-base-url": "claude" }, "input anthropic-base-url must be an http(s) URL"],
  ])("says how to mend %j", (overrides, message) => {
    expect(() => readInputs(reader(overrides))).toThrow(message);
  });
});
