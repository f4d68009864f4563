import type { ChangedByRefactor, RefactorResult, Verification } from "../domain/refactor-result.ts";
import { promptTokens } from "../domain/usage.ts";
import { showInvisible } from "../domain/visible-text.ts";
import { BODY_LIMIT, firstThatFits } from "./cut-markdown.ts";
import { codeSpan } from "./fence.ts";
import { counted, dollars, duration, tokens } from "./figures.ts";
import { inlineText, tableCell } from "./neutralize.ts";
import { pathText } from "./path-text.ts";
import { fixesSection } from "./proposal-fixes.ts";
import { leftOutSection } from "./proposal-left-out.ts";
import { reviewSection } from "./proposal-review.ts";

const MAX_TITLE = 72;
const CUT = "_Cut to fit GitHub's limit for pull request texts; the files of the run have the rest._";

/** How the change came about, for its text. */
export type ProposalPlace = {
  readonly baseBranch: string;
  readonly base: string;
  /** The check as a person would type it; undefined when there is none. */
  readonly command: string | undefined;
  /** Page of the run; undefined where there is none. */
  readonly runUrl?: string | undefined;
};

/** The title of the pull request: the goal's first line, as plain text. */
export function proposalTitle(goal: string): string {
  const [line = ""] = goal.trim().split("\n");
  const plain = showInvisible(line).replaceAll(/\s+/g, " ").trim();
  return plain.length <= MAX_TITLE
    ? plain
    : `${plain
        .slice(0, MAX_TITLE - 1)
        .replace(/[\uD800-\uDBFF]$/, "")
        .trimEnd()}…`;
}

/** The text of the pull request: what changed in each file and why, what was left out, how it was verified, how to read it. */
export function proposalMarkdown(result: RefactorResult, place: ProposalPlace): string {
  const version = (rows: number) => (): string =>
    [
      ...opening(result),
      ...fixesSection(result.fixes, rows),
      ...changedSection(result, place, rows),
      ...leftOutSection([...result.leftOut, ...result.plan.skipped], rows),
      ...verifiedSection(result, place),
      ...reviewSection(result.review, rows),
      ...orderSection(result, rows),
      ...runSection(result, place),
    ]
      .filter((part) => part !== "")
      .join("\n\n");
  return firstThatFits([version(400), version(100), version(20)], BODY_LIMIT, CUT);
}

function opening({ goal, changed, leftOut, notes, plan }: RefactorResult): readonly string[] {
  const sum = (key: "additions" | "deletions"): number => changed.reduce((total, file) => total + file[key], 0);
  const left = leftOut.length + plan.skipped.length;
  const protectedFiles = changed.filter(({ isProtected }) => isProtected);
  return [
    `**Goal:** ${inlineText(goal, 2_000)}`,
    `${counted(changed.length, "file")} changed (+${sum("additions")} −${sum("deletions")})${left === 0 ? "" : `, ${left} left out`}.`,
    protectedFiles.length === 0
      ? ""
      : `> [!WARNING]\n> Protected files are changed, because the request names them: ${protectedFiles.map(({ path }) => pathText(path)).join(", ")}. They can run code or steer tools.`,
    notes.map((note) => `> - ${inlineText(note, 500)}`).join("\n"),
  ];
}

function changedSection(
  { changed, verification }: RefactorResult,
  { command }: ProposalPlace,
  limit: number,
): string[] {
  if (changed.length === 0) return [];
  const check = command === undefined ? "not run" : CHECKED[verification.status];
  const rows = changed.slice(0, limit).map((file) => {
    const cells = [
      pathText(file.path).replaceAll("|", "\\|"),
      `+${file.additions} −${file.deletions}`,
      tableCell(file.what === "" ? "not told" : file.what, 400),
      tableCell(file.why, 300),
      BEHAVIOUR[file.behaviour],
      check,
    ];
    return `| ${cells.join(" | ")} |`;
  });
  if (changed.length > rows.length) rows.push(`| … and ${changed.length - rows.length} more | | | | | |`);
  return [
    "### What changed",
    `| File | Lines | What | Why | Behaviour | Check |\n| --- | ---: | --- | --- | --- | --- |\n${rows.join("\n")}`,
  ];
}

const CHECKED: Readonly<Record<Verification["status"], string>> = {
  passed: "passes",
  "no-worse": "nothing new",
  "not-configured": "not run",
  unavailable: "not run",
};

const BEHAVIOUR: Readonly<Record<ChangedByRefactor["behaviour"], string>> = {
  same: "as before",
  changed: "**changes**",
  "not-judged": "not judged",
};

function verifiedSection({ verification, leftOut }: RefactorResult, { command }: ProposalPlace): string[] {
  const shown = command === undefined ? "the check" : codeSpan(command);
  return [
    "### How it was verified",
    verifiedText(
      verification,
      shown,
      leftOut.some(({ complaint }) => complaint !== undefined),
    ),
  ];
}

function verifiedText(verification: Verification, command: string, wasRed: boolean): string {
  switch (verification.status) {
    case "passed": {
      const { isolation, wallMs, runs, notes } = verification;
      const found = wasRed ? ` It took ${counted(runs, "check")} to find what to leave out.` : "";
      const lines = [
        `${command} passes on the base with exactly this change (${duration(wallMs)}, in a sandbox without network: ${inlineText(isolation, 100)}).${found}`,
        ...notes.map((note) => inlineText(note, 300)),
      ];
      return lines.map((line) => `- ${line}`).join("\n");
    }
    case "no-worse": {
      const { isolation, notes } = verification;
      const lines = [
        `**Only in part:** ${command} fails on the base already (in a sandbox without network: ${inlineText(isolation, 100)}); with this change it prints nothing new. What it did not get to see is not checked.`,
        ...notes.map((note) => inlineText(note, 300)),
      ];
      return lines.map((line) => `- ${line}`).join("\n");
    }
    case "not-configured":
      return '- **Not at all:** no check is configured. Give one in `check`, e.g. `["npx","tsc","--noEmit"]`.';
    case "unavailable":
      return `- **Not at all:** ${inlineText(verification.reason, 600)}`;
    default:
      return verification satisfies never;
  }
}

function orderSection({ changed }: RefactorResult, limit: number): string[] {
  if (changed.length < 2) return [];
  const items = changed.slice(0, limit).map((file, index) => {
    const why = [
      ...(file.isProtected ? ["protected"] : []),
      ...(file.behaviour === "changed" ? ["its behaviour changes"] : []),
      ...file.warnings,
      ...(file.risk === "" ? [] : [file.risk]),
    ];
    return `${index + 1}. ${pathText(file.path)}${why.length === 0 ? "" : `: ${inlineText(why.join("; "), 300)}`}`;
  });
  return ["### Review in this order", items.join("\n")];
}

function runSection(result: RefactorResult, { baseBranch, base, runUrl }: ProposalPlace): string[] {
  const { plan, schedule, usage, costUsd, engine } = result;
  const waves = new Set(plan.subtasks.map(({ wave }) => wave)).size;
  const cost =
    promptTokens(usage) + usage.outputTokens === 0
      ? "no model asked, $0"
      : `${dollars(costUsd)}, ${tokens(promptTokens(usage))} tokens in, ${tokens(usage.outputTokens)} out`;
  const run = runUrl === undefined ? "" : ` [Log of the run](${runUrl}).`;
  return [
    "---",
    `${counted(plan.subtasks.length, "writer")} in ${counted(waves, "wave")}: ${duration(schedule.wallMs)}, one after the other ${duration(schedule.sumMs)} · ${cost} · engine ${engine}.${run}`,
    `One commit on ${codeSpan(base.slice(0, 12))} of ${codeSpan(baseBranch)}; running the same request again updates this pull request, closing it means it is not proposed again, and pushing to the branch makes it yours. Opened by a workflow's own token, its checks may wait for somebody to start them.`,
  ];
}
