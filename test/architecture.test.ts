/**
 * The one-way rule, as a test: which room may import which, and which packages a room may own.
 * Reads import statements as text; no compiler needed, so it keeps working whatever TypeScript does.
 */
import { globSync, readFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";

import { describe, expect, it } from "vitest";

/** room -> rooms it may import (itself is always allowed). `standin` imports nothing of ours, so it cannot share our mistakes. */
const ROOMS: Record<string, readonly string[]> = {
  domain: [],
  ports: ["domain"],
  render: ["domain"],
  subagent: ["domain", "ports"],
  flow: ["domain", "ports", "render", "subagent"],
  adapters: ["domain", "ports", "render"],
  standin: [],
  entry: ["domain", "ports", "render", "subagent", "flow", "adapters", "standin"],
};

/** package (or node: scheme; the first that matches counts) -> folders that may import it. */
const PACKAGES: Record<string, readonly string[]> = {
  zod: ["src"],
  "node:path": ["src"],
  "node:crypto": ["src"],
  "node:": ["src/adapters", "src/entry", "src/standin"],
  picomatch: ["src/domain", "src/subagent"],
  re2js: ["src/subagent"],
  "p-limit": ["src/flow"],
  yaml: ["src/adapters/rules", "src/entry", "src/subagent"],
  "@anthropic-ai": ["src/adapters/claude"],
  "@octokit": ["src/adapters/github"],
  "@ast-grep/wasm": ["src/adapters/rules"],
  "web-tree-sitter": ["src/adapters/rules"],
  "@actions": ["src/adapters/journal", "src/entry"],
  marked: ["src/standin"],
  probot: ["src/entry"],
  "@hono/node-server": ["src/entry/app"],
  pg: ["src/adapters/queue"],
  "pg-boss": ["src/adapters/queue"],
  "@electric-sql/pglite": ["src/adapters/queue"],
  hono: ["src/entry", "src/render/app"],
  "prom-client": ["src/adapters/telemetry"],
  "@opentelemetry": ["src/adapters/telemetry"],
};

const IMPORT = /(?:^|;)\s*(?:import|export)\b(?:[^'";]*?from)?\s*["']([^"']+)["']|\bimport\(\s*["']([^"']+)["']\s*\)/gm;
/** The example shop's sources are data of ours, not part of the program. */
const EXAMPLE = /^src\/standin\/shop\/(?:base|pull-request)\//;
/** What one reader takes in at once; a longer file holds more than one concept. Comments and blank lines count. */
const MAX_LINES = 300;
const STRING = /"(?:[^"\\\n]|\\.)*"/g;
const root = join(import.meta.dirname, "..");

function isAllowedPackage(file: string, target: string): string | undefined {
  const owner = Object.keys(PACKAGES).find(
    (name) => target === name || target.startsWith(name.endsWith(":") ? name : `${name}/`),
  );
  if (owner === undefined) return `${file}: ${target} has no home; add it to PACKAGES`;
  const homes = PACKAGES[owner] ?? [];
  return homes.some((folder) => file.startsWith(`${folder}/`))
    ? undefined
    : `${file}: ${target} may only be imported under ${homes.join(", ")}`;
}

function isAllowedRoom(file: string, target: string): string | undefined {
  const [, room = "", folder] = file.split("/");
  const [, toRoom = "", toFolder] = posix.join(dirname(file), target).split("/");
  if (toRoom !== room && ROOMS[room]?.includes(toRoom) !== true) {
    return `${file}: ${room} may not import ${toRoom} (${target})`;
  }
  if (room === "adapters" && toRoom === "adapters" && toFolder !== folder) {
    return `${file}: adapters never import each other (${target})`;
  }
  return undefined;
}

function sources(pattern: string): { file: string; text: string }[] {
  const files = globSync(pattern, { cwd: root }).filter((file) => !EXAMPLE.test(file));
  if (files.length === 0) throw new Error(`no files match ${pattern}: the rule would pass vacuously`);
  return files.map((file) => ({ file, text: readFileSync(join(root, file), "utf8") }));
}

describe("architecture", () => {
  it("imports point one way, and each package has one home", () => {
    const violations = sources("src/**/*.{ts,mjs}").flatMap(({ file, text }) =>
      [...text.matchAll(IMPORT)].flatMap((match) => {
        const target = match[1] ?? match[2] ?? "";
        return (target.startsWith(".") ? isAllowedRoom(file, target) : isAllowedPackage(file, target)) ?? [];
      }),
    );

    expect(violations).toEqual([]);
  });

  it("only entry reads the environment or ends the process", () => {
    const violations = sources("src/**/*.ts")
      .filter(({ file }) => !/^src\/(?:entry|standin\/shop)\//.test(file))
      .flatMap(({ file, text }) =>
        /\bprocess\.(?:env|exit|exitCode)\b/.test(text.replaceAll(STRING, "")) ? [file] : [],
      );

    expect(violations).toEqual([]);
  });

  it("no source file is longer than 300 lines", () => {
    const violations = sources("src/**/*.{ts,mjs}").flatMap(({ file, text }) => {
      const lines = text.replace(/\n$/, "").split("\n").length;
      return lines > MAX_LINES ? [`${file}: ${lines} lines`] : [];
    });

    expect(violations).toEqual([]);
  });

  it("tests never mock our own modules", () => {
    const violations = sources("test/**/*.ts").flatMap(({ file, text }) =>
      /\bvi\.(?:mock|doMock)\(\s*["']\.{1,2}\//.test(text) ? [file] : [],
    );

    expect(violations).toEqual([]);
  });
});
