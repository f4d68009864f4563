import { baseName, comparePaths, extensionOf, folderOf, stemOf } from "./path-parts.ts";
import type { RepoPath } from "./repo-path.ts";

const TEST_SUFFIX = /[._-](?:test|tests|spec|specs|e2e|cy|stories|bench)$/i;
const TEST_PREFIX = /^test_/;
/** Django's and Go's habits. */
const TEST_NAME = /(?:^|\/)(?:conftest|tests)\.py$/;
/** `FooTest.java`, `FooTests.cs`, `FooSpec.scala`, `FooIT.java`: only where class names are file names. */
const TEST_CLASS = /(?<=[a-z0-9])(?:Tests?|Spec|IT)$/;
const CLASS_FILES: ReadonlySet<string> = new Set(["java", "kt", "scala", "groovy", "cs", "php", "swift"]);
const TEST_FOLDER = /(?:^|\/)(?:test|tests|unittests?|__tests__|__mocks__|spec|specs|e2e|testdata|fixtures)\//;
/** Folders that say where code of a kind lives and nothing about which code: mirrored trees differ only in these. */
const LAYOUT_FOLDERS: ReadonlySet<string> = new Set(
  "src lib main test tests __tests__ spec specs unit integration e2e java kotlin scala python".split(" "),
);

/** The base name without extension and test marks, or undefined when it carries no test mark. */
function subjectName(path: RepoPath): string | undefined {
  const name = stemOf(baseName(path));
  const marks = CLASS_FILES.has(extensionOf(path))
    ? [TEST_SUFFIX, TEST_PREFIX, TEST_CLASS]
    : [TEST_SUFFIX, TEST_PREFIX];
  const mark = marks.find((pattern) => pattern.test(name));
  return mark === undefined ? undefined : name.replace(mark, "");
}

/** Whether the path is a test by its name or folder. */
export function isTest(path: RepoPath): boolean {
  return subjectName(path) !== undefined || TEST_FOLDER.test(path) || TEST_NAME.test(path);
}

/** Test files change their extension less than their folder: `.tsx` tests `.ts`, but nothing in Python tests Go. */
function language(path: RepoPath): string {
  const extension = extensionOf(path);
  return /^[cm]?[jt]sx?$|^vue$|^svelte$/.test(extension) ? "js" : extension;
}

function mirroredFolder(path: RepoPath): string {
  return folderOf(path)
    .split("/")
    .filter((segment) => !LAYOUT_FOLDERS.has(segment))
    .join("/");
}

/**
 * For each test among `paths` the one path that it tests: same name in the same folder, else in the mirrored folder
 * (`test/a/x.test.ts` and `src/a/x.ts`), else, for tests in a tree of their own, the only file of that name. Tests without a subject among
 * `paths` are absent.
 */
export function pairTests(paths: readonly RepoPath[]): ReadonlyMap<RepoPath, RepoPath> {
  const subjects = new Map<string, RepoPath[]>();
  const index = (key: string, path: RepoPath): void => {
    const known = subjects.get(key);
    if (known === undefined) subjects.set(key, [path]);
    else known.push(path);
  };
  for (const path of paths.filter((candidate) => !isTest(candidate)).toSorted(comparePaths)) {
    const name = `${language(path)}:${stemOf(baseName(path))}`;
    index(`${name}@${folderOf(path)}`, path);
    index(`${name}~${mirroredFolder(path)}`, path);
    index(name, path);
  }
  const pairs = new Map<RepoPath, RepoPath>();
  for (const path of paths) {
    if (!isTest(path)) continue;
    const name = `${language(path)}:${subjectName(path) ?? stemOf(baseName(path))}`;
    const near = subjects.get(`${name}@${folderOf(path)}`) ?? subjects.get(`${name}~${mirroredFolder(path)}`);
    // A test beside the code would have its subject beside it: a namesake elsewhere is another thing.
    const anywhere = TEST_FOLDER.test(path) ? (subjects.get(name) ?? []) : [];
    const subject = near?.[0] ?? (anywhere.length === 1 ? anywhere[0] : undefined);
    if (subject !== undefined) pairs.set(path, subject);
  }
  return pairs;
}
