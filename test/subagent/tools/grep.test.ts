import * as fc from "fast-check";
import { RE2JS } from "re2js";
import { describe, expect, it } from "vitest";

import type { Snapshot } from "../../../src/ports/snapshot.ts";
import { runTool } from "../../../src/subagent/toolbox.ts";
import { grepTool } from "../../../src/subagent/tools/grep.ts";
import { requiredLiterals } from "../../../src/subagent/tools/required-literals.ts";
import type { SearchBudget } from "../../../src/subagent/tools/search-snapshot.ts";
import { compileSearch } from "../../../src/subagent/tools/search-text.ts";
import { memorySnapshot, type MemoryFile } from "../../support/memory-snapshot.ts";

const signal = new AbortController().signal;
const SHOP: Record<string, MemoryFile> = {
  "README.md": "Orders and users.\r\nfind orders here\r\n",
  "assets/logo.png": new Uint8Array([0, 0x66, 0x69, 0x6e, 0x64]),
  link: { symlink: "src/find" },
  "src/api.ts": "one\ntwo\nawait db.find(1);\nfour\nfive\nsix\nseven\nreturn db.find(2) + db.find(3);\n",
  "src/db.ts": "export function find(id) {\n  return query(\n    id);\n}\n",
  "test/db.test.ts": "it('finds', () => find(1));\n",
};

async function grepIn(
  snapshot: Snapshot,
  input: Record<string, unknown>,
  budget?: SearchBudget,
): Promise<{ text: string; isError: boolean }> {
  const { text, isError } = await runTool([grepTool(snapshot, budget)], { id: "c", name: "Grep", input }, signal);
  return { text, isError };
}

async function grep(input: Record<string, unknown>): Promise<string> {
  return (await grepIn(memorySnapshot(SHOP), input)).text;
}

describe("Grep", () => {
  it("lists the files that match, sorted, text files only", async () => {
    expect(await grep({ pattern: "find" })).toBe("README.md\nsrc/api.ts\nsrc/db.ts\ntest/db.test.ts");
  });

  it("shows matching lines with numbers", async () => {
    expect(await grep({ pattern: String.raw`\bfind\(\d\)`, output_mode: "content" })).toBe(
      "src/api.ts:3:await db.find(1);\nsrc/api.ts:8:return db.find(2) + db.find(3);\ntest/db.test.ts:1:it('finds', () => find(1));",
    );
  });

  it("shows lines around a match, each once, with a divider between groups", async () => {
    expect(await grep({ pattern: "find", path: "src/api.ts", output_mode: "content", "-C": 1 })).toBe(
      "src/api.ts-2-two\nsrc/api.ts:3:await db.find(1);\nsrc/api.ts-4-four\n--\nsrc/api.ts-7-seven\nsrc/api.ts:8:return db.find(2) + db.find(3);",
    );
    expect(
      await grep({ pattern: "one|two|four", path: "src/api.ts", output_mode: "content", "-A": 1, "-n": false }),
    ).toBe("src/api.ts:one\nsrc/api.ts:two\nsrc/api.ts-await db.find(1);\nsrc/api.ts:four\nsrc/api.ts-five");
    expect(await grep({ pattern: "six", path: "src/api.ts", output_mode: "content", "-B": 2 })).toBe(
      "src/api.ts-4-four\nsrc/api.ts-5-five\nsrc/api.ts:6:six",
    );
  });

  it("counts matching lines, and gives only the matching parts", async () => {
    expect(await grep({ pattern: "find", output_mode: "count", glob: "*.ts" })).toBe(
      "src/api.ts:2\nsrc/db.ts:1\ntest/db.test.ts:1",
    );
    expect(await grep({ pattern: String.raw`find\(\d`, output_mode: "content", "-o": true, path: "src" })).toBe(
      "src/api.ts:3:find(1\nsrc/api.ts:8:find(2\nsrc/api.ts:8:find(3",
    );
  });

  it("narrows by path, glob, excluding glob and type", async () => {
    expect(await grep({ pattern: "find", path: "src" })).toBe("src/api.ts\nsrc/db.ts");
    expect(await grep({ pattern: "find", path: "src", glob: "d*.ts" })).toBe("src/db.ts");
    expect(await grep({ pattern: "find", glob: "src/**" })).toBe("src/api.ts\nsrc/db.ts");
    expect(await grep({ pattern: "find", glob: "!*.test.ts" })).toBe("README.md\nsrc/api.ts\nsrc/db.ts");
    expect(await grep({ pattern: "find", type: "md" })).toBe("README.md");
  });

  it("ignores case when asked to, also where a fixed text would have narrowed the search", async () => {
    expect(await grep({ pattern: "ORDERS", "-i": true })).toBe("README.md");
    expect(await grep({ pattern: "(?i)ORDERS" })).toBe("README.md");
    expect(await grep({ pattern: "ORDERS" })).toBe("No matches.");
  });

  it("matches line ends before CR LF", async () => {
    expect(await grep({ pattern: "here$" })).toBe("README.md");
    expect(await grep({ pattern: String.raw`\Afind` })).toBe("README.md");
  });

  it("matches across lines only when asked to", async () => {
    const pattern = String.raw`query\(\s*id`;

    expect(await grep({ pattern })).toBe("No matches.");
    expect(await grep({ pattern, multiline: true, output_mode: "content" })).toBe(
      "src/db.ts:2:  return query(\nsrc/db.ts:3:    id);",
    );
    expect(await grep({ pattern: "one.*four", multiline: true, output_mode: "count" })).toBe("src/api.ts:4");
  });

  it("pages through the output", async () => {
    expect(await grep({ pattern: "find", head_limit: 2 })).toBe(
      "README.md\nsrc/api.ts\n[more matches follow; continue with offset 2]",
    );
    expect(await grep({ pattern: "find", head_limit: 2, offset: 2 })).toBe("src/db.ts\ntest/db.test.ts");
    expect(await grep({ pattern: "find", offset: 9 })).toBe("No more matches: there are 4 lines, offset is 9.");
    expect(await grep({ pattern: "find", head_limit: 0 })).toContain("test/db.test.ts");
  });

  it("ends a long output at a line and says where to go on, whatever limit was asked for", async () => {
    const snapshot = memorySnapshot({ "a.txt": `${"needle ".repeat(30)}\n`.repeat(1_000) });

    const { text } = await grepIn(snapshot, { pattern: "needle", output_mode: "content", head_limit: 0 });

    const lines = text.split("\n");
    expect(lines.at(-1)).toBe(`[more matches follow; continue with offset ${lines.length - 1}]`);
    expect(lines.at(-2)).toMatch(/^a\.txt:\d+:(?:needle ){30}$/);
    expect(lines.length).toBeGreaterThan(100);
  });

  it.each(["(?=x)", String.raw`(a)\1`, "[", "a{2000}", "*", "x".repeat(2_000), ""])(
    "answers the pattern %j with what is wrong",
    async (pattern) => {
      expect(await grepIn(memorySnapshot(SHOP), { pattern })).toMatchObject({ isError: true });
    },
  );

  it("explains the syntax in its answer to a pattern that is not RE2", async () => {
    expect(await grep({ pattern: "(?=x)" })).toContain("no look-around");
  });

  it.each([
    [{ path: "../.." }, "is not a path in this repository"],
    [{ path: "nowhere" }, "is not in the repository"],
    [{ path: "/proc/self" }, "is not in the repository"],
    [{ glob: "{a" }, "is not a glob"],
    [{ type: "__proto__" }, "There is no file type"],
    [{ "-A": -1 }, "Invalid input"],
    [{ "-C": 1_000 }, "Invalid input"],
    [{ output_mode: "json" }, "Invalid input"],
  ])("refuses %j", async (part, message) => {
    const { text, isError } = await grepIn(memorySnapshot(SHOP), { pattern: "find", ...part });

    expect(isError).toBe(true);
    expect(text).toContain(message);
  });

  it("takes options in a pattern for text", async () => {
    expect(await grep({ pattern: "--pre=sh" })).toBe("No matches.");
    expect(await grep({ pattern: "find", glob: "--output=/tmp/x" })).toBe("No matches.");
  });

  it.each(["^(a+)+$", "(.*a){30}", "(a|a)*b", "(x+x+)+y"])(
    "stays linear on %s",
    async (pattern) => {
      const snapshot = memorySnapshot({ "a.txt": `${"a".repeat(19_000)}!\n`.repeat(10) });

      expect(await grepIn(snapshot, { pattern, "-i": true })).toMatchObject({ isError: false });
    },
    5_000,
  );

  it("elides long lines around the match and writes out what cannot be seen", async () => {
    const line = `${"a".repeat(3_000)}needle\u202e${"b".repeat(3_000)}`;
    const { text } = await grepIn(memorySnapshot({ "a.js": line }), { pattern: "needle", output_mode: "content" });

    expect(text).toMatch(
      /^a\.js:1:\[\.\.\. 2875 characters \.\.\.\]a+needle⟪U\+202E⟫b+\[\.\.\. \d+ more characters \.\.\.\]$/,
    );
    expect(text.length).toBeLessThan(700);
  });

  it("says that the end of a very long line was not searched", async () => {
    const snapshot = memorySnapshot({ "a.js": `${"a".repeat(30_000)}needle` });

    expect((await grepIn(snapshot, { pattern: "needle" })).text).toBe(
      "No matches.\n[1 very long lines were searched in their first 20000 characters only]",
    );
  });

  it("stops when its budget is used up, with what it found and how to ask for less", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 10 }, (_, index) => [`f${index}`, `needle ${"x".repeat(93)}`]),
    );
    const budget = { characters: 350, milliseconds: 60_000 };

    const some = await grepIn(memorySnapshot(files), { pattern: "needle" }, budget);
    const none = await grepIn(memorySnapshot(files), { pattern: "nothing" }, budget);

    expect(some.text).toMatch(/^f0\nf1\nf2\n\[the search stopped after 3 of 10 files; narrow it by path, glob or type/);
    expect(some.isError).toBe(false);
    expect(none.isError).toBe(true);
  });

  it("reads only files with the pattern's fixed text, where the snapshot can tell", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [`f${index}.ts`, `const a${index} = 1;`]),
    );
    const inner = memorySnapshot(files);
    const read: string[] = [];
    const snapshot: Snapshot = {
      ...inner,
      read: async (path, at) => {
        read.push(path);
        return inner.read(path, at);
      },
    };

    const { text } = await grepIn(snapshot, { pattern: String.raw`\ba(?:7|42)\s|const a55 =` });
    const narrowed = await grepIn(snapshot, { pattern: "const +a55 " });

    expect(text).toBe("f42.ts\nf55.ts\nf7.ts");
    expect(read).toHaveLength(200);
    read.length = 0;
    expect(narrowed.text).toBe("f55.ts");
    const last = await grepIn(snapshot, { pattern: "a55 = [0-9]" });
    expect([last.text, read]).toEqual(["f55.ts", ["f55.ts"]]);
  });

  it("gives the same answer with and without a snapshot that can search", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 80 }, (_, index) => [`f${index}.ts`, index % 9 === 0 ? "TODO: x\r\n" : "// FIXME(y)\n"]),
    );
    const input = { pattern: String.raw`TODO:|FIXME\(z`, output_mode: "count" };

    const fast = await grepIn(memorySnapshot(files), input);
    const slow = await grepIn(memorySnapshot(files, { searchable: false }), input);

    expect(fast).toEqual(slow);
    expect(fast.text.split("\n")).toHaveLength(9);
  });
});

describe("requiredLiterals", () => {
  it.each<[string, string[] | undefined]>([
    ["findOrders", ["findOrders"]],
    [String.raw`await .*\.find\(`, ["await "]],
    [String.raw`\bfind\(`, ["find("]],
    ["TODO|FIXME", ["TODO", "FIXME"]],
    ["(get|set)Name", ["Name"]],
    ["TODO|x", undefined],
    ["colou?r", ["colo"]],
    ["abc+d", ["abc"]],
    ["abc*d", ["ab"]],
    ["abc{0,2}", ["ab"]],
    ["abc{2}", ["abc"]],
    ["a{b", ["a{b"]],
    ["[abc]def", ["def"]],
    ["[]x]def", ["def"]],
    ["[[:alpha:]]def", ["def"]],
    [String.raw`\x41bc\d+de`, ["bc"]],
    [String.raw`\p{Greek}xy`, ["xy"]],
    ["(?i)find", undefined],
    ["(?s)fi.nd", ["fi"]],
    [".*", undefined],
    ["", undefined],
    ["größe", ["größe"]],
    ["ab\ncd", ["ab"]],
  ])("%j -> %j", (pattern, expected) => {
    expect(requiredLiterals(pattern)).toEqual(expected);
  });

  it("never rules out a text that the pattern matches", () => {
    const atom = fc.constantFrom(
      "a",
      "b",
      "ab",
      "ba",
      ".",
      "[ab]",
      "[^a]",
      "\\b",
      "^",
      "$",
      "\\.",
      "\\x61",
      "(a|b)",
      "(?:ab)",
      "{",
      "a{1}",
    );
    const piece = fc
      .tuple(atom, fc.constantFrom("", "", "", "*", "+", "?", "{0,1}", "{2}", "*?"))
      .map((both) => both.join(""));
    const pattern = fc
      .array(
        fc.array(piece, { minLength: 1, maxLength: 6 }).map((pieces) => pieces.join("")),
        { minLength: 1, maxLength: 3 },
      )
      .map((branches) => branches.join("|"));
    const line = fc
      .array(fc.constantFrom("a", "b", "ab", ".", "{", "x"), { maxLength: 12 })
      .map((parts) => parts.join(""));
    let told = 0;

    fc.assert(
      fc.property(pattern, line, (source, text) => {
        const literals = requiredLiterals(source);
        const regex = compiledOrUndefined(source);
        fc.pre(regex !== undefined && literals !== undefined && regex.test(text));
        told += 1;

        expect(literals.some((literal) => text.includes(literal))).toBe(true);
      }),
      { numRuns: 250, maxSkipsPerRun: 1_000 },
    );
    expect(told).toBeGreaterThan(100);
  });
});

describe("compileSearch", () => {
  it("finds the lines that a plain search line by line finds, whatever stands in the file", () => {
    const piece = fc.constantFrom("a", "b", " ", "\n", "\r\n", "^", "x\ny");
    const text = fc.array(piece, { maxLength: 30 }).map((parts) => parts.join(""));
    const pattern = fc.constantFrom(
      "a",
      "^a",
      "a$",
      "^$",
      "a.b",
      "[^a]",
      String.raw`\s`,
      "b+ ",
      "^[^x]*$",
      String.raw`\Aa`,
      String.raw`b\z`,
      "(?-m)^b",
    );

    fc.assert(
      fc.property(text, pattern, (content, source) => {
        const unix = content.replaceAll("\r\n", "\n");
        const lines = unix.endsWith("\n") ? unix.slice(0, -1).split("\n") : unix === "" ? [] : unix.split("\n");
        const regex = RE2JS.compile(source);
        const expected = lines.flatMap((line, index) => (regex.test(line) ? [index] : []));

        const { matches } = compileSearch(source, { ignoreCase: false, multiline: false }).run(content);

        expect(matches.map(({ line }) => line)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });
});

function compiledOrUndefined(source: string): RE2JS | undefined {
  try {
    return RE2JS.compile(source);
  } catch {
    return undefined;
  }
}
