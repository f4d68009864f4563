import { describe, expect, it } from "vitest";

import { importGraph } from "../../src/domain/import-graph.ts";

function importsOf(path: string, files: Record<string, string>): readonly string[] | undefined {
  return importGraph(Object.keys(files), (name) => files[name]).get(path);
}

describe("imports among changed files", () => {
  it.each([
    ['import { b } from "./b.js";', "src/b.ts"],
    ['import { b } from "./b.ts";', "src/b.ts"],
    ['import { b } from "./b";', "src/b.ts"],
    ['export * from "../lib";', "lib/index.tsx"],
    ['import "./deep/index.js";', "src/deep/index.ts"],
    ['const b = require("./b")', "src/b.ts"],
    ['const b = await import("./b.js")', "src/b.ts"],
    ['import {\n  b,\n  c,\n} from "./b.js";', "src/b.ts"],
    ['import { u } from "@/deep/only";', "src/deep/only.ts"],
    ['import { u } from "@acme/core/deep/only";', "src/deep/only.ts"],
    ['import type { V } from "./View.vue";', "src/View.vue"],
    ['import { m } from "./user.model";', "src/user.model.ts"],
  ])("resolves %j in TypeScript", (line, target) => {
    const files = {
      "src/a.ts": line,
      "src/b.ts": "",
      "src/View.vue": "",
      "src/user.model.ts": "",
      "src/deep/index.ts": "",
      "src/deep/only.ts": "",
      "lib/index.tsx": "",
    };

    expect(importsOf("src/a.ts", files)).toEqual([target]);
  });

  it.each([
    ["from .b import x", ["app/b.py"]],
    ["from . import b, c as d", ["app/__init__.py", "app/b.py", "app/c.py"]],
    ["from ..core import util", ["core/util.py"]],
    ["from app.b import (\n  x,\n  y,  # comment\n)", ["app/b.py"]],
    ["import app.b, os", ["app/b.py"]],
    ["from shop.models import User", ["backend/shop/models.py"]],
    ["from django.db.models import Q", []],
  ])("resolves %j in Python", (line, targets) => {
    const files = {
      "app/a.py": line,
      "app/__init__.py": "",
      "app/b.py": "",
      "app/c.py": "",
      "core/util.py": "",
      "backend/shop/models.py": "",
      "other/db/models.py": "",
    };

    expect(importsOf("app/a.py", files)).toEqual(targets);
  });

  it("resolves a Go package to the first changed file of its folder", () => {
    const files = {
      "cmd/main.go":
        'package main\n\nimport (\n\t"fmt"\n\tst "github.com/acme/shop/internal/store"\n)\n\nfunc main() {}\n',
      "internal/store/a.go": "package store",
      "internal/store/b.go": "package store",
    };

    expect(importsOf("cmd/main.go", files)).toEqual(["internal/store/a.go"]);
  });

  it("resolves Java classes and static members by package path", () => {
    const files = {
      "src/main/java/com/acme/A.java":
        "package com.acme;\nimport com.acme.db.Store;\nimport static com.acme.Limits.MAX;\n",
      "src/main/java/com/acme/db/Store.java": "",
      "src/main/java/com/acme/Limits.java": "",
    };

    expect(importsOf("src/main/java/com/acme/A.java", files)).toEqual([
      "src/main/java/com/acme/Limits.java",
      "src/main/java/com/acme/db/Store.java",
    ]);
  });

  it("does not guess between several files of one name, nor follow a path out of the repository", () => {
    const files = {
      "a.ts": 'import "@/x/y";\nimport "../../../etc/passwd";\nimport "./a";',
      "one/x/y.ts": "",
      "two/x/y.ts": "",
    };

    expect(importsOf("a.ts", files)).toEqual([]);
  });

  it("knows no imports where the text was not loaded or the language is not understood", () => {
    const graph = importGraph(["a.ts", "b.zig"], (path) => (path === "b.zig" ? '@import("a.ts")' : undefined));

    expect([...graph]).toEqual([
      ["a.ts", []],
      ["b.zig", []],
    ]);
  });
});
