import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { pathFromGit } from "../../src/domain/git-path.ts";
import { parseRepoPath } from "../../src/domain/repo-path.ts";

describe("pathFromGit", () => {
  it("keeps plain names, also with blanks, quotes inside and other scripts", () => {
    for (const name of ["src/a b.ts", "größe/漢字.md", 'it\'s "x".ts', "::warning::x", "--output=x"]) {
      expect(pathFromGit(new TextEncoder().encode(name))).toBe(name);
    }
  });

  it("gives different names for different bytes, one printable line each, and none that leaves the repository", () => {
    const seen = new Map<string, string>();
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 6 }), (bytes) => {
        const name = pathFromGit(bytes);

        const key = bytes.join();
        expect(seen.get(name) ?? key).toBe(key);
        seen.set(name, key);
        // oxlint-disable-next-line no-control-regex -- control characters are exactly what must not be there
        expect(name).not.toMatch(/[\u0000-\u001f\u007f]/);
        expect(parseRepoPath(name) === undefined ? name : "").toMatch(/^(?:".*")?$/);
      }),
      { numRuns: 2_000 },
    );
  });
});
