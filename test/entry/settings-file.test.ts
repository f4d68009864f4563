import { describe, expect, it } from "vitest";

import { DEFAULT_SETTINGS } from "../../src/domain/settings.ts";
import { parseSettings } from "../../src/entry/settings-file.ts";

const FILE = ".github/parallel-review.yml";

describe("parseSettings", () => {
  it("takes the defaults from an empty file", () => {
    expect(parseSettings(FILE, "# nothing yet\n")).toEqual(DEFAULT_SETTINGS);
  });

  it("keeps what is written and fills in the rest", () => {
    const settings = parseSettings(FILE, "caps:\n  nits: 2\nprofiles:\n  - paths: [infra/**]\n    depth: deep\n");

    expect(settings.caps).toEqual({ ...DEFAULT_SETTINGS.caps, nits: 2 });
    expect(settings.profiles).toEqual([{ paths: ["infra/**"], depth: "deep" }]);
  });

  it.each([
    ["fail-on: sometimes\n", `${FILE}:1: fail-on: must be one of never, low, medium, high, critical, incomplete`],
    [
      "caps:\n  nits: 5\n  inline-comments: 900\n",
      `${FILE}:3: caps.inline-comments: Too big: expected number to be <=50`,
    ],
    [
      "\n\nlense: []\n",
      `${FILE}:3: unknown key lense; there are: paths, profiles, instructions, lenses, quality, rules, caps, `,
    ],
    ["caps:\n  nits: 1\n  file-s: 3\n", `${FILE}:3: caps: unknown key file-s; there are: inline-comments, nits, files`],
    [
      "profiles:\n  - paths: [a]\n    depth: deep\n    lens: b\n",
      `${FILE}:4: profiles.0: unknown key lens; there are: paths, depth, lenses`,
    ],
    [
      "schedules:\n  - recipe: database\n    cron: nightly\n",
      `${FILE}:3: schedules.0.cron: must be five fields in numbers (minute, hour, day, month, day of the week), the minute a single one`,
    ],
    ["schedules:\n  - recipe: database\n    cron: '*/5 * * * *'\n", `${FILE}:3: schedules.0.cron: must be five fields`],
    [
      "schedules:\n  - recipe: database\n    cron: 0 3 * * 1\n    time-zone: Vienna\n",
      `${FILE}:4: schedules.0.time-zone: must be the name of a time zone, e.g. Europe/Vienna`,
    ],
    [
      "schedules:\n  - recipe: ../x\n    cron: 0 3 * * 1\n",
      `${FILE}:2: schedules.0.recipe: must be the name of a recipe`,
    ],
    [
      "schedules:\n  - recipe: database\n    cron: 0 3 * * 1\n    publish-to: mail\n",
      `${FILE}:4: schedules.0.publish-to: must be one of pull-request, issue, code-scanning`,
    ],
    ["paths:\n  include: [\n", `${FILE}:3: not valid YAML`],
    ["just text\n", `${FILE}:1: Invalid input: expected object, received string`],
    ["profiles:\n  - depth: deep\n", `${FILE}:2: profiles.0.paths:`],
  ])("names file, line and what is allowed for %j", (text, message) => {
    expect(() => parseSettings(FILE, text)).toThrow(message);
  });
});
