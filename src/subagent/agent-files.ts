import { EFFORTS } from "../domain/effort.ts";
import type { Lens } from "../domain/lens.ts";
import { LensText } from "../domain/settings.ts";
import type { ToolName } from "../domain/subtask.ts";
import { readFrontMatter } from "./front-matter.ts";

/** A subagent file as a lens, and what of it is not honoured; no lens when it cannot be one. */
export type AgentLens = { readonly lens: Lens | undefined; readonly notes: readonly string[] };

const READ_TOOLS: readonly ToolName[] = ["Read", "Glob", "Grep"];

/** Claude Code's short names for models, as of the price table's date. */
const MODELS: Readonly<Record<string, string>> = {
  fable: "claude-fable-5-2",
  opus: "claude-opus-5-5",
  sonnet: "claude-sonnet-5-5",
  haiku: "claude-haiku-5-5",
};

const HONOURED: ReadonlySet<string> = new Set(
  "name description tools disallowedTools model effort maxTurns background color".split(" "),
);

/** About 3,000 tokens of instructions. */
const MAX_INSTRUCTIONS = 12_000;

/**
 * A Claude Code subagent file (`.claude/agents/*.md`) as a lens: its body is what to look for; of its tools it keeps the read tools. Hooks,
 * servers, permission modes and all other keys have no effect. Never throws: these files were written for another program.
 */
export function parseAgentFile(path: string, text: string): AgentLens {
  const front = readFrontMatter(text);
  if ("problem" in front) return { lens: undefined, notes: [`${path}:${front.line}: not used: ${front.problem}.`] };
  const { data, lineOf } = front;
  const name = LensText.shape.name.safeParse(data["name"]);
  if (!name.success) {
    return {
      lens: undefined,
      notes: [`${path}:${lineOf("name")}: not used: its name must be up to 40 of a-z, 0-9 and -.`],
    };
  }
  const body = front.body.trim();
  if (body === "") return { lens: undefined, notes: [`${path}:1: not used: it has no instructions.`] };
  const notes: string[] = [];
  const ignored = (key: string, why: string): void => {
    notes.push(`${path}:${lineOf(key)}: ${key} ${why}.`);
  };
  for (const key of Object.keys(data)) if (!HONOURED.has(key)) ignored(key, "has no effect here");
  if (body.length > MAX_INSTRUCTIONS)
    ignored("name", `has instructions of which only the first ${MAX_INSTRUCTIONS} characters are used`);
  const tools = toolsOf(data, ignored);
  const model = modelOf(data["model"], ignored);
  const effort = EFFORTS.find((each) => each === data["effort"]);
  if (data["effort"] !== undefined && effort === undefined) ignored("effort", `must be one of ${EFFORTS.join(", ")}`);
  const turns = data["maxTurns"];
  const maxTurns = typeof turns === "number" && Number.isInteger(turns) && turns > 0 ? turns : undefined;
  if (turns !== undefined && maxTurns === undefined) ignored("maxTurns", "must be a whole number above 0");
  return {
    lens: {
      name: name.data,
      lookFor: body.slice(0, MAX_INSTRUCTIONS).toWellFormed(),
      doNotFlag: "",
      ...(tools === undefined ? {} : { tools }),
      ...(model === undefined ? {} : { model }),
      ...(effort === undefined ? {} : { effort }),
      ...(maxTurns === undefined ? {} : { maxTurns }),
    },
    notes,
  };
}

type Ignored = (key: string, why: string) => void;

/** The read tools that the file grants; undefined for all of them. What we cannot confine as asked is not granted. */
function toolsOf(data: Readonly<Record<string, unknown>>, ignored: Ignored): readonly ToolName[] | undefined {
  const granted = namesIn(data["tools"]);
  const named = data["disallowedTools"] === undefined ? [] : namesIn(data["disallowedTools"]);
  if (named === undefined) ignored("disallowedTools", "must be a list of names; it gets no tools");
  const refused = named?.map((name) => name.replace(/\(.*$/s, "")) ?? READ_TOOLS;
  if (data["tools"] !== undefined && granted === undefined) ignored("tools", "must be a list of names; it gets none");
  if (granted?.some((name) => name.includes("(")) === true) {
    ignored("tools", "with a restriction in brackets cannot be confined here and are not granted");
  }
  const wanted = data["tools"] === undefined ? READ_TOOLS : READ_TOOLS.filter((tool) => granted?.includes(tool));
  const left = wanted.filter((tool) => !refused.some((name) => name === tool));
  return left.length === READ_TOOLS.length ? undefined : left;
}

function namesIn(value: unknown): readonly string[] | undefined {
  const list = typeof value === "string" ? value.split(/,(?![^(]*\))/) : value;
  if (!Array.isArray(list) || !list.every((name) => typeof name === "string")) return undefined;
  return list.map((name) => name.trim()).filter((name) => name !== "");
}

function modelOf(value: unknown, ignored: Ignored): string | undefined {
  if (value === undefined || value === "inherit") return undefined;
  if (typeof value === "string") {
    const known = Object.hasOwn(MODELS, value) ? MODELS[value] : undefined;
    if (known !== undefined) return known;
    if (/^[A-Za-z0-9._:@/-]{1,100}$/.test(value) && value.includes("claude")) return value;
  }
  ignored("model", `must be inherit, one of ${Object.keys(MODELS).join(", ")}, or the id of a Claude model`);
  return undefined;
}
