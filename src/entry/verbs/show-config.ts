import { openApiSnapshot } from "../../adapters/github/api-snapshot.ts";
import { readBranchHead } from "../../adapters/github/branch-head.ts";
import type { Settings } from "../../domain/settings.ts";
import { loadGuidance } from "../../flow/load-guidance.ts";
import { configTable, type ConfigRow } from "../../render/config-table.ts";
import { codeSpan } from "../../render/fence.ts";
import { neutralizeCode } from "../../render/neutralize-code.ts";
import type { Reply } from "../answer-comment.ts";
import { claudeFor } from "../pull-request-order.ts";
import { parseSettings } from "../settings-file.ts";
import { keysGiven } from "../settings-origins.ts";
import { kebabCase } from "../validated-yaml.ts";
import type { CommentOrder } from "./comment-order.ts";

/** `config`: what is in force on this pull request, and where each value comes from. */
export async function showConfig(order: CommentOrder, signal: AbortSignal): Promise<Reply> {
  const { github, pull, inputs } = order;
  const path = inputs["config-path"];
  const head = await readBranchHead(github.read, pull.defaultBranch, signal);
  const guidance = await openApiSnapshot(github.read, head, signal);
  const content = await guidance.read(path, signal);
  const text = content.kind === "text" ? content.text : "";
  const settings = parseSettings(path, text);
  const given = keysGiven(text);
  const { guidance: files } = await loadGuidance(guidance, [], signal);
  const branch = codeSpan(neutralizeCode(pull.defaultBranch));
  const file = codeSpan(neutralizeCode(path));
  const where =
    text === ""
      ? `There is no ${file} on ${branch}, so everything else is as built in.`
      : `Settings are read from ${file} on ${branch}.`;
  const names = files.map((each) => codeSpan(neutralizeCode(each.path)));
  const parts = [
    `${where} A pull request's own branch never changes how it is reviewed.`,
    configTable([...workflowRows(order, settings, given), ...settingsRows(settings, given, path)]),
    `Guidance for the subagents at the root of ${branch}: ${names.length === 0 ? "none" : names.join(", ")}.`,
    "Options of a command, such as `--budget 2`, count before all of these.",
  ];
  return { text: parts.join("\n\n"), reaction: "rocket" };
}

const WORKFLOW = "the workflow";

/** What the workflow decides. No secret is among these: of the key only whether there is one. */
function workflowRows(order: CommentOrder, settings: Settings, given: ReadonlySet<string>): readonly ConfigRow[] {
  const { inputs } = order;
  const claude = claudeFor({
    ...order,
    inputs: { ...inputs, engine: inputs.engine === "claude" ? "auto" : inputs.engine },
  });
  const key = inputs["anthropic-api-key"].trim() === "" ? "there is no key" : "there is a key";
  const row = (name: string, value: string | number | undefined): readonly ConfigRow[] =>
    value === undefined ? [] : [{ name, value: String(value), from: WORKFLOW }];
  const fromFile = (name: string): string => (given.has(name) ? "the settings file" : "built in");
  return [
    {
      name: "engine",
      value: claude === undefined ? "rules" : "claude",
      from: `${WORKFLOW}: ${inputs.engine}, and ${key}`,
    },
    ...(claude === undefined ? [] : row("model", claude.modelId)),
    ...row("verifier-model", inputs["verifier-model"]),
    ...row("effort", inputs.effort),
    ...row("max-concurrency", inputs["max-concurrency"]),
    ...row("time-limit-minutes", inputs["time-limit-minutes"]),
    inputs["budget-usd"] === undefined
      ? { name: "budget-usd", value: String(settings.budgetUsd), from: fromFile("budget-usd") }
      : { name: "budget-usd", value: String(inputs["budget-usd"]), from: WORKFLOW },
    inputs["fail-on"] === undefined
      ? { name: "fail-on", value: settings.failOn, from: fromFile("fail-on") }
      : { name: "fail-on", value: inputs["fail-on"], from: WORKFLOW },
    ...row("check", inputs.check === "" ? undefined : inputs.check),
  ];
}

/** Listed above, because the workflow may decide them. */
const ABOVE: ReadonlySet<string> = new Set(["budget-usd", "fail-on"]);

function settingsRows(settings: Settings, given: ReadonlySet<string>, path: string): readonly ConfigRow[] {
  return flattened(settings, "").flatMap(([name, value]): readonly ConfigRow[] => {
    if (ABOVE.has(name)) return [];
    const isGiven = [...given].some((key) => key === name || name.startsWith(`${key}.`) || key.startsWith(`${name}.`));
    return [{ name, value, from: isGiven ? path : "built in" }];
  });
}

function flattened(value: unknown, name: string): readonly (readonly [string, string])[] {
  if (value === undefined) return [];
  if (typeof value === "string") return [[name, value]];
  if (Array.isArray(value)) return [[name, value.length === 0 ? "" : JSON.stringify(value)]];
  if (typeof value !== "object" || value === null) return [[name, JSON.stringify(value)]];
  return Object.entries(value).flatMap(([key, inner]) =>
    flattened(inner, name === "" ? kebabCase(key) : `${name}.${kebabCase(key)}`),
  );
}
