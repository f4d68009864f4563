import { z } from "zod";

import type { EditLog } from "../../domain/edit-log.ts";
import { showInvisible } from "../../domain/visible-text.ts";
import type { Checker, CheckResult } from "../../ports/checker.ts";
import type { Snapshot } from "../../ports/snapshot.ts";
import { quoteUntrusted } from "../quote-untrusted.ts";
import { answer, defineTool, mistake, type Tool, type ToolAnswer } from "../toolbox.ts";

/** Bytes of a check's output that a subagent is shown: the first errors, and the summary at the end. */
const HEAD = 6_000;
const TAIL = 2_000;

export type CheckToolOptions = {
  readonly checker: Checker;
  readonly base: Snapshot;
  /** The edits to check, as they are when the tool is called. */
  readonly log: () => EditLog;
  /** Checks that one subagent may run; asking again without a change in between costs none. */
  readonly maxChecks: number;
};

/** Runs the configured check on the subagent's own edits, nobody else's. What the check prints is data. */
export function checkTool({ checker, base, log, maxChecks }: CheckToolOptions): Tool {
  let used = 0;
  let latest: { readonly edits: EditLog; readonly result: Promise<CheckResult> } | undefined;
  return defineTool({
    spec: {
      name: "check",
      description: `Run the project's check (compiler or tests) on the repository with your edits. At most ${maxChecks} times; call it when you believe you are done.`,
      strict: false,
      inputSchema: { properties: {}, required: [], additionalProperties: false },
    },
    input: z.object({}),
    async run(_, signal) {
      const edits = log();
      if (latest?.edits === edits) return told(await latest.result, maxChecks - used);
      if (used >= maxChecks) {
        return mistake(`You have run the check ${used} times, which is all you may. Report what you have.`);
      }
      used += 1;
      const result = checker.check({ base, edits }, signal);
      latest = { edits, result };
      // A check that could not end says nothing about these edits, so the next call starts a new one.
      result.catch(() => (latest = undefined));
      return told(await result, maxChecks - used);
    },
  });
}

function told(result: CheckResult, left: number): ToolAnswer {
  const checks = `${left} more ${left === 1 ? "check" : "checks"} left.`;
  switch (result.status) {
    case "passed":
      return answer("The check passes with your edits.");
    case "failed": {
      const how = result.timedOut
        ? "did not end in time and was stopped"
        : `failed (${result.exitCode === undefined ? "ended by a signal" : `exit code ${result.exitCode}`})`;
      const output =
        result.output.trim() === "" ? "It printed nothing." : quoteUntrusted("check output", shown(result.output));
      return answer(`The check ${how} with your edits. ${checks}\n${output}`);
    }
    case "unavailable":
      return mistake("The check cannot be run here. Go on without it, and say in your report that it was not run.");
    default:
      return result satisfies never;
  }
}

function shown(output: string): string {
  const bytes = Buffer.from(showInvisible(output));
  if (bytes.length <= HEAD + TAIL) return bytes.toString("utf8");
  const head = bytes
    .subarray(0, HEAD)
    .toString("utf8")
    .replace(/(?<=\n)[^\n]*$/, "");
  const tail = bytes
    .subarray(-TAIL)
    .toString("utf8")
    .replace(/^[^\n]*\n/, "");
  return `${head}\n[... ${bytes.length - HEAD - TAIL} bytes left out ...]\n${tail}`;
}
