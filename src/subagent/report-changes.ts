import { z } from "zod";

import type { FindingFate } from "../domain/fix-order.ts";
import type { FileSummary } from "../domain/refactor-result.ts";
import type { RepoPath } from "../domain/repo-path.ts";
import { answer, defineTool, mistake, type Tool } from "./toolbox.ts";

const BEHAVIOURS = ["same", "changed"] as const;
const MAX_FILES = 40;

const Fate = z.object({ id: z.string(), fixed: z.boolean(), reason: z.string().trim().max(600) });

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
  findings: z.array(Fate).max(500).optional(),
});

/** What a writer says of its work. */
export type ChangeReport = {
  readonly summaries: readonly FileSummary[];
  readonly declined: readonly { readonly path: RepoPath; readonly reason: string }[];
  /** One for each finding that it was to fix. */
  readonly fates: readonly FindingFate[];
};

const FATES = {
  type: "array",
  description: "one entry for every finding of your task: fixed, or why not",
  items: {
    type: "object",
    properties: {
      id: { type: "string" },
      fixed: { type: "boolean" },
      reason: { type: "string", description: "why it is not fixed; empty if it is" },
    },
    required: ["id", "fixed", "reason"],
    additionalProperties: false,
  },
} as const;

/**
 * The tool by which a writer describes its work; of several reports the last one counts. `edited` are the files it has changed by then.
 * `isFixing` is for writers that are to fix findings, all of a run or none; `findings` are the ids of this one's.
 */
export function reportChangesTool(
  {
    targets,
    isFixing,
    findings,
  }: { readonly targets: readonly RepoPath[]; readonly isFixing: boolean; readonly findings: readonly string[] },
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
          ...(isFixing ? { findings: FATES } : {}),
        },
        required: ["changes", "declined", ...(isFixing ? ["findings"] : [])],
        additionalProperties: false,
      },
    },
    input: Input,
    async run({ changes, declined, findings: fates = [] }) {
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
      const untold = findings.filter((id) => !fates.some((fate) => fate.id === id));
      if (untold.length > 0) {
        return Promise.resolve(
          mistake(`Say of ${untold.join(", ")} under findings whether it is fixed. Report again.`),
        );
      }
      onReport({
        fates: fates.filter(({ id }) => findings.includes(id)),
        summaries: changes.filter(({ path }) => now.includes(path)),
        declined,
      });
      return Promise.resolve(answer("Noted. End with report_findings (findings: [] and final: true)."));
    },
  });
}
