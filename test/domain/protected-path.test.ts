import { describe, expect, it } from "vitest";

import { isProtectedPath } from "../../src/domain/protected-path.ts";

describe("isProtectedPath", () => {
  it.each([
    ".github/workflows/ci.yml",
    ".GitHub/workflows/x.yml",
    ".g\u200Bithub/workflows/x.yml",
    ".github./workflows/x.yml",
    ".github /workflows/x.yml",
    "git~1/hooks/pre-commit",
    "sub/.git/hooks/pre-commit",
    ".vscode/tasks.json",
    "sub/package.json",
    "ＰＡＣＫＡＧＥ.json",
    "package-lock.json",
    "a/pnpm-lock.yaml",
    "Cargo.lock",
    "vite.config.ts",
    "tsconfig.build.json",
    "sub/.npmrc",
    "docs/CODEOWNERS",
    "Makefile",
    "docker/Dockerfile.prod",
    "AGENTS.md",
    "sub/CLAUDE.md",
    "pyproject.toml",
    "action.yml",
  ])("protects %j", (path) => {
    expect(isProtectedPath(path)).toBe(true);
  });

  it.each([
    "src/orders.ts",
    "src/package.json.ts",
    "docs/github/setup.md",
    "src/config.ts",
    "lib/make.py",
    "src/lock.ts",
  ])("leaves %j alone", (path) => {
    expect(isProtectedPath(path)).toBe(false);
  });
});
