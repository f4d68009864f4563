import { z } from "zod";

import type { FileSummary } from "../domain/refactor-result.ts";
import type { RepoPath } from "../domain/repo-path.ts";
import { answer, defineTool, mistake, type Tool } from "./toolbox.ts";

const BEHAVIOURS = ["same", "changed"] as const;
const MAX_FILES = 40;

const Input = z.object({
  changes: z
    .array(
      z.object({
        path: z.string(),
        what: z.string().trim().min(1).max(600),
        why: z.string().trim().max(400),
        behaviour: z.enum(BEHAVIOURS),
        risk: z.string().trim().max(400),
      }),
    )
    .max(MAX_FILES),
  declined: z.array(z.object({ path: z.string(), reason: z.string().trim().min(1).max(600) })).max(MAX_FILES),
});

/** What a writer says of its work. */
export type ChangeReport = {
  readonly summaries: readonly FileSummary[];
  readonly declined: readonly { readonly path: RepoPath; readonly reason: string }[];
};

/** The tool by which a writer describes its work; of several reports the last one counts. `edited` are the files it has changed by then. */
export function reportChangesTool(
  targets: readonly RepoPath[],
  edited: () => readonly RepoPath[],
  onReport: (report: ChangeReport) => void,
): Tool {
  return defineTool({
    spec: {
      name: "report_changes",
      description:
        "Describe what you changed, for the pull request: one entry for every file you edited, and one under declined for every file of your task that you leave as it is. Call it once, when you are done.",
      strict: false,
      inputSchema: {
        properties: {
          changes: {
            type: "array",
            items: {
              type: "object",
              properties: {
                path: { type: "string" },
                what: { type: "string", description: "what changed, in one sentence" },
                why: { type: "string", description: "why it had to, in one sentence; empty if the goal says it" },
                behaviour: {
                  type: "string",
                  enum: [...BEHAVIOURS],
                  description: "whether callers can tell a difference",
                },
                risk: { type: "string", description: "what a reviewer should look at; empty for nothing" },
              },
              required: ["path", "what", "why", "behaviour", "risk"],
              additionalProperties: false,
            },
          },
          declined: {
            type: "array",
            items: {
              type: "object",
              properties: { path: { type: "string" }, reason: { type: "string" } },
              required: ["path", "reason"],
              additionalProperties: false,
            },
          },
        },
        required: ["changes", "declined"],
        additionalProperties: false,
      },
    },
    input: Input,
    async run({ changes, declined }) {
      const now = edited();
      const known = new Set([...targets, ...now]);
      const stranger = [...changes, ...declined].find(({ path }) => !known.has(path));
      if (stranger !== undefined) {
        return Promise.resolve(
          mistake(`${JSON.stringify(stranger.path)} is not a file of your task. Report again without it.`),
        );
      }
      const missing = now.filter((path) => !changes.some((change) => change.path === path));
      if (missing.length > 0) {
        return Promise.resolve(mistake(`You edited ${missing.join(", ")} but say nothing about it. Report again.`));
      }
      onReport({ summaries: changes.filter(({ path }) => now.includes(path)), declined });
      return Promise.resolve(answer("Noted. End with report_findings (findings: [] and final: true)."));
    },
  });
}
