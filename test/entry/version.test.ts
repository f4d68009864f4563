import { expect, it } from "vitest";

import packageFile from "../../package.json" with { type: "json" };
import { VERSION } from "../../src/entry/version.ts";

it("is the version of the package", () => {
  expect(VERSION).toBe(packageFile.version);
});
