import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import { describe, expect, it } from "vitest";

import { parseAttributes } from "../../src/domain/parse-attributes.ts";
import { gitFixture } from "../support/git-fixture.ts";

const ROOT = [
  "# generated code",
  "*.pb.go linguist-generated",
  "/gen/** linguist-generated=true",
  "docs/* linguist-documentation",
  "vendor/** linguist-vendored",
  "*.lock -diff",
  "*.bin binary",
  '"with space.txt" linguist-generated',
  "!*.pb.go -linguist-generated",
  "folder/ linguist-vendored",
  "*.min.js linguist-generated linguist-vendored",
  "keep.min.js -linguist-generated !linguist-vendored",
  "*.svg diff=xml",
  "a[0-9].ts linguist-generated",
  "{x,y}.ts linguist-generated",
  "constructor linguist-generated",
  "*.proto linguist-generated=false",
].join("\n");
const DEEP = "*.pb.go -linguist-generated\n/only.ts linguist-generated\r\n";
const PATHS = [
  "a.pb.go",
  "deep/a.pb.go",
  "deep/er/a.pb.go",
  "deep/only.ts",
  "deep/er/only.ts",
  "gen/x.ts",
  "gen/a/b.ts",
  "src/gen/x.ts",
  "docs/a.md",
  "docs/a/b.md",
  "vendor/a/b.c",
  "package.lock",
  "x.bin",
  "with space.txt",
  "folder/a.ts",
  "lib.min.js",
  "keep.min.js",
  "icon.svg",
  "a1.ts",
  "ab.ts",
  "x.ts",
  "constructor",
  "api.proto",
  "plain.ts",
];

describe("parseAttributes", () => {
  it("agrees with git check-attr", () => {
    using fixture = gitFixture();
    for (const [path, text] of [
      [".gitattributes", ROOT],
      ["deep/.gitattributes", DEEP],
    ] as const) {
      mkdirSync(dirname(join(fixture.directory, path)), { recursive: true });
      writeFileSync(join(fixture.directory, path), text);
    }
    const names = ["linguist-generated", "linguist-vendored", "linguist-documentation", "diff"];
    const output = execFileSync("git", ["check-attr", "-z", ...names, "--", ...PATHS], {
      cwd: fixture.directory,
      stdio: ["ignore", "pipe", "ignore"],
    }).toString();
    const keys = ["generated", "vendored", "documentation", "binary"] as const;
    const fields = output.split("\0");
    const expected: Record<string, Record<string, boolean>> = Object.fromEntries(PATHS.map((path) => [path, {}]));
    for (let index = 0; index + 2 < fields.length; index += 3) {
      const [path = "", name = "", value] = fields.slice(index, index + 3);
      const isSet = value !== "unset" && value !== "false";
      const key = keys[names.indexOf(name)] ?? "";
      if (value !== "unspecified") Object.assign(expected[path] ?? {}, { [key]: key === "binary" ? !isSet : isSet });
    }

    const attributesOf = parseAttributes([
      { folder: "deep", text: DEEP },
      { folder: "", text: ROOT },
    ]);

    expect(Object.fromEntries(PATHS.map((path) => [path, attributesOf(path)]))).toEqual(expected);
    expect(expected["a.pb.go"]).toEqual({ generated: true });
    expect(expected["deep/a.pb.go"]).toEqual({ generated: false });
  });

  it("says nothing for paths and texts without rules", () => {
    const attributesOf = parseAttributes([{ folder: "", text: '\0garbage\n\n*\n   \n"open linguist-generated' }]);

    expect(attributesOf("a.ts")).toEqual({});
    expect(parseAttributes([])("__proto__")).toEqual({});
  });

  it("leaves out patterns that could take for ever", () => {
    const attributesOf = parseAttributes([{ folder: "", text: `${"*a".repeat(40)}b linguist-generated` }]);

    expect(attributesOf("a".repeat(500))).toEqual({});
  });
});
