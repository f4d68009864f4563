/**
 * Writes test/contract/anthropic/messages.schema.json from the types of the installed Anthropic SDK.
 * Run it after an SDK update: node .github/scripts/extract-anthropic-schema.ts
 *
 * The generator needs TypeScript 5, which this repository does not have, so both are installed into a temporary folder.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const GENERATOR = ["ts-json-schema-generator@2.4.0", "typescript@5.9.3"];

/** What this project sends and reads, by the name the contract gives it. */
const WIRE = `
import type * as M from "@anthropic-ai/sdk/resources/messages/messages";
import type * as B from "@anthropic-ai/sdk/resources/messages/batches";
import type { ModelInfo } from "@anthropic-ai/sdk/resources/models";
import type { ErrorResponse } from "@anthropic-ai/sdk/resources/shared";
export interface Wire {
  streaming: M.MessageCreateParamsStreaming;
  nonStreaming: M.MessageCreateParamsNonStreaming;
  countTokens: M.MessageCountTokensParams;
  tokenCount: M.MessageTokensCount;
  batchCreate: B.BatchCreateParams;
  batch: B.MessageBatch;
  batchLine: B.MessageBatchIndividualResponse;
  message: M.Message;
  event: M.RawMessageStreamEvent;
  model: ModelInfo;
  error: ErrorResponse;
}`;

/** Server tools, files and media: never sent, so sending one is a violation; null wherever a response may carry one. */
const UNUSED =
  /^(Browser|Computer|WebSearch|WebFetch|CodeExecution|BashCodeExecution|TextEditor|EncryptedCode|ToolSearch|ToolTextEditor|ToolBash|MemoryTool|Container|MessageCreateParamsContainer|Skill|Document|Image|SearchResult|ToolReference|Citation|TextCitation|URL|Base64|File|UserLocation)/;

const DROPPED = Symbol("dropped");
type Node = Record<string, unknown>;

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function prune(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(prune).filter((item) => item !== DROPPED);
  if (!isNode(value)) return value;
  const reference = value["$ref"];
  if (typeof reference === "string") return UNUSED.test(nameOf(reference)) ? DROPPED : { $ref: reference };
  const kept: Node = {};
  for (const [key, child] of Object.entries(value)) {
    if ((key === "description" || key === "deprecated") && !isNode(child)) continue;
    const pruned = prune(child);
    if (pruned === DROPPED) {
      if (key === "items") return DROPPED;
      continue;
    }
    kept[key] = pruned;
  }
  const union = kept["anyOf"];
  if (!Array.isArray(union)) return kept;
  if (union.length === 0) return DROPPED;
  return union.length === 1 ? (union[0] as unknown) : kept;
}

/** Unions that a `type` or `role` decides are said so: then an error names the one branch that was meant. */
function tagUnions(value: unknown, definitions: Node): unknown {
  if (Array.isArray(value)) return value.map((item) => tagUnions(item, definitions));
  if (!isNode(value)) return value;
  const union = value["anyOf"];
  if (Array.isArray(union)) {
    const tag = ["type", "role"].find((name) =>
      union.every((branch) => tagOf(branch, name, definitions) !== undefined),
    );
    if (tag !== undefined) {
      return { type: "object", required: [tag], discriminator: { propertyName: tag }, oneOf: union };
    }
  }
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, tagUnions(child, definitions)]));
}

function tagOf(branch: unknown, name: string, definitions: Node): unknown {
  if (!isNode(branch) || typeof branch["$ref"] !== "string") return undefined;
  const definition = definitions[nameOf(branch["$ref"])];
  const properties = isNode(definition) ? definition["properties"] : undefined;
  const tag = isNode(properties) ? properties[name] : undefined;
  return isNode(tag) ? tag["const"] : undefined;
}

function nameOf(reference: string): string {
  return decodeURIComponent(reference.replace("#/definitions/", ""));
}

/** Only what the roots reach, sorted by name, so that a new SDK gives a readable diff. */
function reachable(definitions: Node, root: string): Node {
  const seen = new Set<string>();
  const visit = (name: string) => {
    if (seen.has(name)) return;
    seen.add(name);
    for (const [, next] of JSON.stringify(definitions[name]).matchAll(/"\$ref":"([^"]+)"/g)) visit(nameOf(next ?? ""));
  };
  visit(root);
  return Object.fromEntries([...seen].toSorted().map((name) => [name, definitions[name]]));
}

const root = join(import.meta.dirname, "..", "..");
const target = join(root, "test/contract/anthropic/messages.schema.json");
const workshop = mkdtempSync(join(tmpdir(), "anthropic-schema-"));
try {
  execFileSync("npm", ["install", "--no-save", "--prefix", join(workshop, "generator"), ...GENERATOR], {
    stdio: "inherit",
  });
  symlinkSync(join(root, "node_modules"), join(workshop, "node_modules"));
  writeFileSync(join(workshop, "wire.ts"), WIRE);
  const compilerOptions = { module: "nodenext", target: "es2024", strict: true, skipLibCheck: true, types: [] };
  writeFileSync(join(workshop, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["wire.ts"] }));
  const bin = join(workshop, "generator/node_modules/ts-json-schema-generator/bin/ts-json-schema-generator.js");
  const argv = [bin, "--path", "wire.ts", "--tsconfig", "tsconfig.json", "--type", "Wire", "--no-type-check"];
  const output = execFileSync(process.execPath, argv, { cwd: workshop, maxBuffer: 64 * 1024 * 1024, encoding: "utf8" });
  const schema: unknown = JSON.parse(output);
  const pruned = isNode(schema) ? prune(schema["definitions"]) : undefined;
  const definitions = isNode(pruned) ? tagUnions(pruned, pruned) : undefined;
  if (!isNode(definitions)) throw new Error("the generator wrote no definitions");
  const reduced = { $schema: "http://json-schema.org/draft-07/schema#", definitions: reachable(definitions, "Wire") };
  writeFileSync(target, `${JSON.stringify(reduced)}\n`);
  execFileSync(join(root, "node_modules/.bin/oxfmt"), ["-c", ".github/oxfmt.json", target], { cwd: root });
} finally {
  rmSync(workshop, { recursive: true, force: true });
}
