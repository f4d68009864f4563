import type { ImportGraph } from "./import-graph.ts";
import { importLanguage } from "./import-specifiers.ts";
import { baseName, comparePaths, extensionOf, folderOf } from "./path-parts.ts";
import type { PlanLimits } from "./plan-limits.ts";
import type { RepoPath } from "./repo-path.ts";
import { pairTests } from "./test-subject.ts";
import { assignWaves } from "./waves.ts";

/**
 * Why two changed files belong in front of the same reader, strongest first: a test and its subject; parts of one thing by name
 * (`Button.tsx`, `Button.css`); members of an import cycle; importer and imported; files of one Go package; data files side by side.
 */
const RELATION_KINDS = ["test", "name", "cycle", "import", "package", "data"] as const;

/** Two different paths, `a` before `b` in sort order but for tests, where `a` tests `b`, and imports, where `a` imports `b`. */
export type Relation = {
  readonly a: RepoPath;
  readonly b: RepoPath;
  readonly kind: (typeof RELATION_KINDS)[number];
  /** How many others the busier of the two is related to in the same way: the fewer, the closer. */
  readonly degree: number;
};

const DATA_EXTENSIONS: ReadonlySet<string> = new Set(
  "json jsonc json5 yaml yml toml ini properties xml xliff xlf resx strings arb env po pot csv".split(" "),
);

/** Base names that say nothing about what a file is part of. */
const ANONYMOUS: ReadonlySet<string> = new Set(["index", "main", "mod", "lib", "__init__", "package", "README", ""]);

/** All relations among the paths, strongest first, in an order that depends on nothing but the paths and imports. */
export function relationsAmong(
  paths: readonly RepoPath[],
  imports: ImportGraph,
  limits: PlanLimits,
): readonly Relation[] {
  const sorted = paths.toSorted(comparePaths);
  const relations: Relation[] = [
    ...[...pairTests(sorted)].map(([a, b]) => ({ a, b, kind: "test" as const, degree: 1 })),
    ...chains(sorted, "name", sharedName),
    ...cycles(imports, limits.filesPerSubtask),
    ...importRelations(imports, limits.hubDegree),
    ...chains(sorted, "package", (path) => (importLanguage(path) === "go" ? folderOf(path) : undefined)),
    ...chains(sorted, "data", (path) => (isData(path) ? `${folderOf(path)}/*.${extensionOf(path)}` : undefined)),
    ...chains(sorted, "data", (path) =>
      isData(path) && folderOf(path) !== "" ? `${folderOf(folderOf(path))}/*/${baseName(path)}` : undefined,
    ),
  ];
  return relations.toSorted(
    (x, y) =>
      RELATION_KINDS.indexOf(x.kind) - RELATION_KINDS.indexOf(y.kind) ||
      x.degree - y.degree ||
      comparePaths(x.a, y.a) ||
      comparePaths(x.b, y.b),
  );
}

function isData(path: RepoPath): boolean {
  return DATA_EXTENSIONS.has(extensionOf(path));
}

function sharedName(path: RepoPath): string | undefined {
  const name = baseName(path).split(".", 1)[0] ?? "";
  return ANONYMOUS.has(name) ? undefined : `${folderOf(path)}/${name}`;
}

/** Relates each file to the next one with the same key: enough to join them all, and linear in their number. */
function chains(
  sorted: readonly RepoPath[],
  kind: Relation["kind"],
  keyOf: (path: RepoPath) => string | undefined,
): readonly Relation[] {
  const last = new Map<string, RepoPath>();
  return sorted.flatMap((b) => {
    const key = keyOf(b);
    if (key === undefined) return [];
    const a = last.get(key);
    last.set(key, b);
    return a === undefined ? [] : [{ a, b, kind, degree: 1 }];
  });
}

/** A cycle that no subtask can hold whole tells nothing about which of its files are closest: their plain imports do. */
function cycles(imports: ImportGraph, mostMembers: number): readonly Relation[] {
  return assignWaves(imports)
    .filter(({ members }) => members.length <= mostMembers)
    .flatMap(({ members }) => chains(members, "cycle", () => ""));
}

/** Imports but for hubs: what everybody imports, or what imports everybody, belongs to none of them in particular. */
function importRelations(imports: ImportGraph, hubDegree: number): readonly Relation[] {
  const importers = new Map<RepoPath, number>();
  for (const targets of imports.values()) {
    for (const target of targets) importers.set(target, (importers.get(target) ?? 0) + 1);
  }
  return [...imports].flatMap(([a, targets]) =>
    targets.flatMap((b) => {
      const degree = Math.max(targets.length, importers.get(b) ?? 0);
      return degree > hubDegree ? [] : [{ a, b, kind: "import" as const, degree }];
    }),
  );
}
