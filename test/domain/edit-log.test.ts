import { describe, expect, it } from "vitest";

import { editLog } from "../../src/domain/edit-log.ts";
import type { FileEdit } from "../../src/domain/file-edit.ts";

const created = (path: string): FileEdit => ({ kind: "create", path, text: "" });

describe("edit log", () => {
  it("sorts by path in code unit order", () => {
    const log = editLog([created("b"), created("a/c"), created("B"), created("a-c")]);

    expect(log.map(({ path }) => path)).toEqual(["B", "a-c", "a/c", "b"]);
  });

  it("refuses a path that is edited twice", () => {
    expect(() => editLog([created("a"), created("b"), { kind: "delete", path: "a", baseBlob: "1" }])).toThrow(
      "a is edited twice",
    );
  });
});
