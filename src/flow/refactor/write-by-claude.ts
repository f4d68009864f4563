import { targetsOf } from "../../domain/edit-subtask.ts";
import { importGraph } from "../../domain/import-graph.ts";
import { compileGlobs } from "../../domain/path-globs.ts";
import { priceOf } from "../../domain/price.ts";
import type { RepoPath } from "../../domain/repo-path.ts";
import type { Settings } from "../../domain/settings.ts";
import { unifiedDiff } from "../../domain/unified-diff.ts";
import type { Checker } from "../../ports/checker.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Journal } from "../../ports/journal.ts";
import type { Snapshot } from "../../ports/snapshot.ts";
import { runSubagent } from "../../subagent/loop.ts";
import { overlay } from "../../subagent/overlay.ts";
import { type ChangeReport, reportChangesTool } from "../../subagent/report-changes.ts";
import type { Tool } from "../../subagent/toolbox.ts";
import { checkTool } from "../../subagent/tools/check.ts";
import { editTool } from "../../subagent/tools/edit.ts";
import { readOnlyTools } from "../../subagent/tools/read-only-tools.ts";
import { writeTool } from "../../subagent/tools/write.ts";
import { workingCopy } from "../../subagent/working-copy.ts";
import { type WritingContext, type WritingMaterial, writingBrief } from "../../subagent/writing-brief.ts";
import type { ClaudeEngine } from "../claude-engine.ts";
import { loadGuidance } from "../load-guidance.ts";
import { readTexts } from "../read-texts.ts";
import type { Draft, WriteDraft, WritingTask } from "./draft.ts";
import type { PreparedRefactor } from "./prepare-refactor.ts";

/** Checks that one writer may run while it works; the whole is checked afterwards anyway. */
const CHECKS_PER_WRITER = 3;
const MAX_CONTEXT_FILES = 30;
const MAX_IMPORTERS = 30;
const SETTINGS_FILES = [
  "tsconfig.json",
  "package.json",
  "pyproject.toml",
  "go.mod",
  "vitest.config.ts",
  "jest.config.js",
];
/** A line that begins a declaration others can use; a brief, not a parser. */
const DECLARATION = /^(?:export\b|public\b|pub\b|def |class |func [A-Z]|type [A-Z]|interface )/;
const READ_TOOLS = ["Read", "Glob", "Grep"] as const;

type Parts = {
  readonly prepared: PreparedRefactor;
  /** The tree that guidance files are read from. */
  readonly guidance: Snapshot;
  /** Globs of the files that every writer gets to read. */
  readonly contextFiles: readonly string[];
  readonly engine: ClaudeEngine;
  /** In place of the list prices. */
  readonly prices?: Settings["prices"];
  readonly checker: Checker | undefined;
  readonly journal: Journal;
  readonly clock: Clock;
};

/** One fresh subagent for each writing job: it sees its own edits and those it waited for, and can write its scope only. */
export async function writeByClaude(parts: Parts, signal: AbortSignal): Promise<WriteDraft> {
  const { prepared, engine } = parts;
  const granted = prepared.recipe.tools;
  const checker = granted.includes("check") ? parts.checker : undefined;
  const context = await contextOf(parts, checker !== undefined, signal);
  const everything = (await prepared.base.list(signal)).flatMap(({ path, kind }) => (kind === "file" ? [path] : []));
  const graph = importGraph(everything, (path) => prepared.texts.get(path));

  return async (task, taskSignal): Promise<Draft> => {
    const { subtask } = task;
    const below = overlay(prepared.base, task.earlier);
    const start = task.redo === undefined ? {} : { start: task.redo.edits };
    const copy = workingCopy(below, { scope: subtask.scope, named: prepared.named, ...start });
    const targets = targetsOf(subtask);
    const { fixes } = prepared;
    const findings = targets.flatMap((path) => fixes?.toFix.get(path) ?? []);
    let report: ChangeReport = { summaries: [], declined: [], fates: [] };
    const tools: readonly Tool[] = [
      ...readOnlyTools(
        copy.view,
        READ_TOOLS.filter((tool) => granted.includes(tool)),
      ),
      ...(granted.includes("Edit") ? [editTool(copy)] : []),
      ...(granted.includes("Write") ? [writeTool(copy)] : []),
      ...(checker === undefined
        ? []
        : [checkTool({ checker, base: below, log: () => copy.log(), maxChecks: CHECKS_PER_WRITER })]),
      reportChangesTool(
        { targets, isFixing: fixes !== undefined, findings: findings.map(({ id }) => id) },
        () => copy.log().map(({ path }) => path),
        (latest) => {
          report = latest;
        },
      ),
    ];
    const material = { ...(await materialFor(task, copy.view, prepared, graph, taskSignal)), findings };
    const outcome = await runSubagent(
      subtask,
      writingBrief(context, material),
      {
        ...(engine.laneFor?.(task.redo === undefined ? subtask.id : `${subtask.id}-again`) ?? {
          model: engine.model,
          purse: engine.purse,
        }),
        modelId: engine.modelId,
        price: priceOf(engine.modelId, parts.prices, engine.isRegional),
        effort: engine.effort,
        clock: parts.clock,
        tools,
        findQuote: () => undefined,
        onToolCall: (tool) => parts.journal.write({ kind: "tool-call", subtaskId: subtask.id, tool }),
        onClaims: () => undefined,
      },
      taskSignal,
    );
    // Who did not come to an end may have left a file half changed.
    const isWhole = outcome.end === "done";
    const edits = isWhole ? copy.log() : [];
    const declined = report.declined.filter(({ path }) => !edits.some((edit) => edit.path === path));
    const told = isWhole ? { summaries: report.summaries, fates: report.fates } : { summaries: [] };
    return { outcome: { ...outcome, claims: [] }, edits, declined, ...told };
  };
}

async function contextOf(parts: Parts, hasCheck: boolean, signal: AbortSignal): Promise<WritingContext> {
  const { prepared, guidance } = parts;
  const { base, recipe, texts } = prepared;
  const globs = compileGlobs(parts.contextFiles);
  const paths = (await base.list(signal)).flatMap(({ path, kind }) => (kind === "file" ? [path] : []));
  const wanted = paths.filter((path) => globs.matches(path)).slice(0, MAX_CONTEXT_FILES);
  const settings = paths.filter((path) => SETTINGS_FILES.includes(path));
  const [contextTexts, settingTexts, guided] = await Promise.all([
    readTexts(base, wanted, signal),
    readTexts(base, settings, signal),
    loadGuidance(guidance, [...texts.keys()], signal),
  ]);
  const listed = (some: readonly RepoPath[], all: ReadonlyMap<RepoPath, string>) =>
    some.flatMap((path) => (all.has(path) ? [{ path, text: all.get(path) ?? "" }] : []));
  return {
    goal: recipe.goal,
    instructions: recipe.instructions,
    context: listed(wanted, contextTexts),
    settings: listed(settings, settingTexts),
    guidance: guided.guidance,
    hasCheck,
  };
}

async function materialFor(
  { subtask, earlier, redo }: WritingTask,
  view: Snapshot,
  { base }: PreparedRefactor,
  graph: ReadonlyMap<RepoPath, readonly RepoPath[]>,
  signal: AbortSignal,
): Promise<Omit<WritingMaterial, "findings">> {
  const targets = targetsOf(subtask);
  const others = subtask.scope.paths.filter((path) => !targets.includes(path));
  const imports = [...new Set(targets.flatMap((path) => graph.get(path) ?? []))].filter(
    (path) => !targets.includes(path),
  );
  const texts = await readTexts(view, [...targets, ...others, ...imports], signal);
  const importers = [...graph].flatMap(([path, all]) => (all.some((target) => targets.includes(target)) ? [path] : []));
  const [first] = earlier;
  const before = first === undefined ? undefined : await base.read(first.path, signal);
  return {
    description: subtask.description,
    files: [...targets, ...others].map((path) => ({ path, text: texts.get(path) })),
    writes: subtask.scope.paths,
    imported: imports.map((path) => ({ path, text: declarations(texts.get(path) ?? "") })),
    importers: importers.filter((path) => !targets.includes(path)).slice(0, MAX_IMPORTERS),
    example:
      first === undefined || first.kind === "delete"
        ? undefined
        : {
            path: first.path,
            diff: unifiedDiff({
              path: first.path,
              before: before?.kind === "text" ? before.text : undefined,
              after: first.text,
              executable: false,
            }),
          },
    redo: redo === undefined ? undefined : { complaint: redo.complaint },
  };
}

function declarations(text: string): string {
  return text
    .split("\n")
    .filter((line) => DECLARATION.test(line.trimStart()))
    .join("\n");
}
