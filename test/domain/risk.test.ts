import { describe, expect, it } from "vitest";

import { assessRisk } from "../../src/domain/risk.ts";
import { addedHunk, changedFile, replacedHunk } from "../support/change-builders.ts";

describe("how deep a file is looked at", () => {
  it.each([
    "src/auth/login.ts",
    "src/userSessions.ts",
    "src/OAuthClient.java",
    "app/billing/total.py",
    "db/migrations/0003_add.py",
    "schema.sql",
    ".github/workflows/ci.yml",
    "Dockerfile",
    "infra/main.tf",
    ".github/CODEOWNERS",
    "lib/crypto/seal.go",
    "src/permissions.ts",
  ])("%s in depth, by its name", (path) => {
    expect(assessRisk(changedFile(path), undefined).tier).toBe("deep");
  });

  it.each([
    ["a.py", "data = pickle.loads(body)", "deserialisation"],
    ["a.go", "var mu sync.Mutex", "concurrency"],
    ["a.ts", 'const out = execSync("ls " + name);', "running code"],
    ["a.rb", "execute 'ALTER TABLE users ADD x int'", "migrations"],
    ["a.ts", "const digest = createHash('md5')", "cryptography"],
    ["a.ts", "const claims = jwt.verify(raw, key)", "authentication"],
  ])("%s in depth, because it changes `%s`", (path, line, subject) => {
    const risk = assessRisk(changedFile(path, { hunks: [addedHunk(1, [line])] }), undefined);

    expect(risk.tier).toBe("deep");
    expect(risk.reason).toContain(subject);
  });

  it.each(["README.md", "docs/guide.rst", "LICENSE", "CHANGELOG.md", "docs/auth.md"])("%s lightly", (path) => {
    expect(assessRisk(changedFile(path), undefined)).toEqual({ tier: "light", reason: "documentation" });
  });

  it.each([
    "src/author.ts",
    "src/tokenizer.ts",
    "src/blocks.ts",
    "requirements.txt",
    "CLAUDE.md",
    "test/auth.test.ts",
    "src/orders.ts",
  ])("%s as usual", (path) => {
    expect(assessRisk(changedFile(path), undefined).tier).toBe("normal");
  });

  it("does not count code that is only context", () => {
    const hunk = {
      ...addedHunk(2, ["x"]),
      lines: [
        { kind: "context", text: "pickle.loads(body)", oldLine: 1, newLine: 1 },
        { kind: "added", text: "x", newLine: 2 },
      ] as const,
    };

    expect(assessRisk(changedFile("a.py", { hunks: [hunk] }), undefined).tier).toBe("normal");
  });

  it("takes changed blanks for formatting, but not where indentation has a meaning", () => {
    const reindented = replacedHunk(3, ["  if (a) {", "b()"], ["    if (a) {", "  b()"]);
    const trimmed = replacedHunk(3, ["x = 1  "], ["x = 1"]);
    const tier = (path: string, hunk: typeof trimmed): string =>
      assessRisk(changedFile(path, { hunks: [hunk] }), undefined).tier;

    expect(tier("src/auth.ts", reindented)).toBe("light");
    expect(tier("src/orders.py", reindented)).toBe("normal");
    expect(tier("src/orders.py", trimmed)).toBe("light");
    expect(tier("src/orders.ts", replacedHunk(3, ["a"], ["b"]))).toBe("normal");
  });

  it("reads a file in depth that became executable, and obeys the documentation attribute", () => {
    expect(assessRisk(changedFile("run", { becameExecutable: true }), undefined).tier).toBe("deep");
    expect(assessRisk(changedFile("src/a.ts"), { documentation: true }).tier).toBe("light");
    expect(assessRisk(changedFile("docs/a.md"), { documentation: false }).tier).toBe("normal");
  });
});
