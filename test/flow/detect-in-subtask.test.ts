import { expect, it } from "vitest";

import { detectInSubtask } from "../../src/flow/detect-in-subtask.ts";
import type { Detector } from "../../src/ports/detector.ts";
import { aFile, aSubtask } from "../support/builders.ts";

const silent: Detector = { detect: (files) => Promise.resolve(files.map(({ path }) => ({ path, claims: [] }))) };

it("a file whose text could not be read counts as not analysed; one that has none does not", async () => {
  const files = [
    aFile("src/read.ts", []),
    aFile("src/huge.ts", []),
    aFile("src/gone.ts", [], { status: "removed" }),
    aFile("src/link.ts", [], { kind: "symlink" }),
    aFile("logo.png", [], { binary: true }),
  ];
  const subtask = aSubtask({ files: files.map(({ path }) => ({ path, hunks: "all" })) });
  const change = {
    files: new Map(files.map((file) => [file.path, file])),
    headTexts: new Map([["src/read.ts", "export {};\n"]]),
  };

  const { unanalysed } = await detectInSubtask(silent, subtask, change, new AbortController().signal);

  expect(unanalysed.map(({ path }) => path)).toEqual(["src/huge.ts"]);
});

it("a file that the rules find unfit is named with their reason, and does not count as not analysed", async () => {
  const file = aFile("src/vendor.js", []);
  const subtask = aSubtask({ files: [{ path: file.path, hunks: "all" }] });
  const detector: Detector = {
    detect: async (files) => files.map(({ path }) => ({ path, claims: [], unfit: "Minified." })),
  };
  const change = { files: new Map([[file.path, file]]), headTexts: new Map([[file.path, "x();"]]) };

  expect(await detectInSubtask(detector, subtask, change, new AbortController().signal)).toEqual({
    claims: [],
    unanalysed: [],
    unfit: [{ path: "src/vendor.js", reason: "Minified." }],
  });
});
