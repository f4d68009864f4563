import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

import { describe, expect, it } from "vitest";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");

describe("demo refactor", () => {
  it("opens one pull request with the four straightforward services, type-checked, and says why the fifth is left out", async () => {
    const { stdout } = await run(process.execPath, ["src/entry/cli.ts", "demo", "refactor", "--once"], {
      cwd: root,
      env: { PATH: process.env["PATH"] },
    });

    expect(stdout).toContain("opened #2 (draft): Services extend BaseService");
    for (const name of ["customer", "order", "pricing", "product"]) {
      expect(stdout).toMatch(new RegExp(`\\| \`src/services/${name}-service.ts\` \\| .*\\| passes \\|`));
    }
    expect(stdout).toMatch(
      /notification-service\.ts`: It was changed, but with that the check fails\.\s+```text\s+src\/services\/notification-service\.ts\(\d+,\d+\): error TS/,
    );
    expect(stdout).toMatch(/passes on the base with exactly this change \(.*sandbox/);
  }, 120_000);
});
