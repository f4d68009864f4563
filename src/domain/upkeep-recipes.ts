import { SOURCES } from "./source-globs.ts";

const DEAD_TESTS = {
  name: "dead-tests",
  title: "Dead tests audit",
  description: "Tests that cannot fail, or no longer test what their name says.",
  reportPath: "docs/code-review/dead-tests-audit.md",
  files: SOURCES,
  tests: "only",
  issueTypes: [
    {
      id: "cannot-fail",
      title: "Tests that cannot fail",
      lookFor: "no assertion, an assertion on a constant or on the mock itself, an assertion that is never reached",
    },
    {
      id: "never-runs",
      title: "Tests that never run",
      lookFor: "skipped, commented out, or behind a condition that is never true",
    },
    {
      id: "wrong-subject",
      title: "Tests of something else",
      lookFor: "a test that does not exercise what its name says",
    },
  ],
};

const DEPENDENCIES = {
  name: "dependencies",
  title: "Dependency audit",
  description: "Declared and unused, used and undeclared, duplicated or abandoned dependencies.",
  reportPath: "docs/code-review/dependency-audit.md",
  files: [
    "**/{package.json,pyproject.toml,setup.py,setup.cfg,requirements*.txt,go.mod,pom.xml,build.gradle,build.gradle.kts,Gemfile,Cargo.toml,composer.json}",
  ],
  issueTypes: [
    { id: "undeclared", title: "Used and not declared", lookFor: "an import that no manifest above the file declares" },
    { id: "wrong-kind", title: "Declared as the wrong kind", lookFor: "run-time needs among development dependencies" },
    {
      id: "unused",
      title: "Declared and not used",
      lookFor: "a declared package that no file imports and no script runs",
    },
    { id: "duplicate", title: "Two packages for one purpose", lookFor: "two packages that do the same thing" },
  ],
};

const DOCS_DRIFT = {
  name: "docs-drift",
  title: "Documentation audit",
  description: "Documentation that says something else than the code does.",
  reportPath: "docs/code-review/docs-audit.md",
  files: ["**/*.{md,mdx,rst,adoc}"],
  ignore: ["**/CHANGELOG*", "**/changelog/**", "docs/code-review/**"],
  tests: "with",
  issueTypes: [
    {
      id: "broken-instruction",
      title: "Instructions that fail",
      lookFor: "a command, path, flag or name that does not exist",
    },
    {
      id: "wrong-statement",
      title: "Statements that are wrong",
      lookFor: "a default, limit or behaviour that the code contradicts",
    },
    { id: "missing-subject", title: "Things left out", lookFor: "public options or endpoints beside documented ones" },
  ],
};

/** Recipes about what stands around the code: tests, dependencies and documents. */
export const UPKEEP_RECIPES = [DEAD_TESTS, DEPENDENCIES, DOCS_DRIFT] as const;
