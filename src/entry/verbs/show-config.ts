import { openApiSnapshot } from "../../adapters/github/api-snapshot.ts";
import { readBranchHead } from "../../adapters/github/branch-head.ts";
import { budgetOf } from "../../domain/budget-of.ts";
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
    configTable([...hostRows(order, settings, given), ...settingsRows(settings, given, engineOf(order) === "claude")]),
    `Guidance for the subagents at the root of ${branch}: ${names.length === 0 ? "none" : names.join(", ")}.`,
    "Options of a command, such as `--budget 2`, count before all of these.",
  ];
  return { text: parts.join("\n\n"), reaction: "rocket" };
}

const FILE = "the settings file";
const LIMIT = "no option goes above it";

/** What the host decides. No secret is among these: of the key only whether there is one. */
function hostRows(order: CommentOrder, settings: Settings, given: ReadonlySet<string>): readonly ConfigRow[] {
  const { inputs, mostUsd, host } = order;
  const { decider } = host.words;
  const engine = engineOf(order);
  const key = engine === "claude" ? "there is a key" : "there is no key";
  const asked = inputs["budget-usd"];
  const budget = budgetOf({ budgetUsd: asked, mostUsd }, settings);
  const row = (name: string, value: string | number | undefined): readonly ConfigRow[] =>
    value === undefined ? [] : [{ name, value: String(value), from: decider }];
  const fromFile = (name: string): string => (given.has(name) ? FILE : "built in");
  return [
    {
      name: "engine",
      value: engine,
      from: inputs.engine === "auto" ? `${decider}: auto, and ${key}` : decider,
    },
    ...(engine === "rules" ? [] : row("model", inputs.model)),
    ...row("verifier-model", inputs["verifier-model"]),
    ...row("effort", inputs.effort),
    ...row("max-concurrency", inputs["max-concurrency"]),
    ...row("time-limit-minutes", inputs["time-limit-minutes"]),
    {
      name: "budget-usd",
      value: String(budget),
      from: budget === mostUsd ? `${decider}; ${LIMIT}` : asked === undefined ? fromFile("budget-usd") : decider,
    },
    inputs["fail-on"] === undefined
      ? { name: "fail-on", value: settings.failOn, from: fromFile("fail-on") }
      : { name: "fail-on", value: inputs["fail-on"], from: decider },
    ...row("check", inputs.check === "" ? undefined : inputs.check),
  ];
}

function engineOf(order: CommentOrder): "claude" | "rules" {
  const { engine } = order.inputs;
  if (engine !== "auto") return engine;
  return claudeFor(order) === undefined ? "rules" : "claude";
}

/** Listed above, because the workflow may decide them. */
const ABOVE: ReadonlySet<string> = new Set(["budget-usd", "fail-on"]);

function settingsRows(settings: Settings, given: ReadonlySet<string>, hasModel: boolean): readonly ConfigRow[] {
  return flattened(settings, "").flatMap(([name, value]): readonly ConfigRow[] => {
    // The rules engine has none of the stages of quality, and pays nothing.
    if (ABOVE.has(name) || (!hasModel && /^(?:quality\.|prices$)/.test(name))) return [];
    const isGiven = [...given].some((key) => key === name || name.startsWith(`${key}.`) || key.startsWith(`${name}.`));
    return [{ name, value, from: isGiven ? FILE : "built in" }];
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
