import type { CheckedTree, Checker, CheckResult } from "../../src/ports/checker.ts";
import { overlay } from "../../src/subagent/overlay.ts";

/**
 * A compiler for a language of two statements: `gives 2` says what a file offers, `needs a.ts 2` what it wants of another; `broken` is an
 * error of its own. Errors look like tsc's and stand where the need is.
 */
export function fakeChecker(): Checker & { readonly trees: readonly CheckedTree[] } {
  const trees: CheckedTree[] = [];
  return {
    trees,
    async check(tree, signal): Promise<CheckResult> {
      trees.push(tree);
      const view = overlay(tree.base, tree.edits);
      const texts = new Map<string, string>();
      for (const { path } of await view.list(signal)) {
        const content = await view.read(path, signal);
        if (content.kind === "text") texts.set(path, content.text);
      }
      const output = [...texts].flatMap(([path, text]) => complaints(path, text, texts)).join("\n");
      const record = { output, isolation: "fake", notes: [], wallMs: 1 };
      return output === ""
        ? { status: "passed", ...record }
        : { status: "failed", exitCode: 2, timedOut: false, ...record };
    },
  };
}

function complaints(path: string, text: string, texts: ReadonlyMap<string, string>): string[] {
  const own = text.includes("broken") ? [`${path}(1,1): error TS1005: broken.`] : [];
  const needs = [...text.matchAll(/needs (\S+) (\d+)/g)].flatMap(([, other = "", version = ""]) =>
    texts.get(other)?.includes(`gives ${version}`) === true ? [] : [`${path}(2,1): error TS2345: needs ${version}.`],
  );
  return [...own, ...needs];
}
