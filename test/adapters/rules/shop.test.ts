import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { beforeAll, describe, expect, it } from "vitest";

import { installedAssets } from "../../../src/adapters/rules/assets.ts";
import { rulesDetector } from "../../../src/adapters/rules/detector.ts";
import { loadRules } from "../../../src/adapters/rules/load-rules.ts";
import type { Claim } from "../../../src/domain/finding.ts";
import type { Place } from "../../../src/standin/shop/manifest-entry.ts";
import { shopManifest } from "../../../src/standin/shop/manifest.ts";

const sources = join(import.meta.dirname, "../../../src/standin/shop");
const { signal } = new AbortController();

/** The claims over a version of the example, which later folders overlay. */
async function claimsOver(...folders: string[]): Promise<readonly Claim[]> {
  const texts = new Map<string, string>();
  for (const folder of folders) {
    for (const entry of globSync("**/*", { cwd: join(sources, folder), withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = join(entry.parentPath, entry.name);
      texts.set(file.slice(join(sources, folder).length + 1), readFileSync(file, "utf8"));
    }
  }
  const assets = installedAssets();
  const rules = await loadRules({ assets, repository: [], signal });
  const files = [...texts].map(([path, text]) => ({ path, text }));
  await using detector = rulesDetector({ rules, assets });
  const detections = await detector.detect(files, signal);
  expect(detections.filter((detection) => detection.error !== undefined)).toEqual([]);
  return detections.flatMap((detection) => detection.claims);
}

function overlaps(claim: Claim, place: Place): boolean {
  return claim.path === place.path && claim.startLine <= place.endLine && claim.endLine >= place.line;
}

function where(claim: Claim): string {
  return `${claim.path}:${claim.startLine} ${claim.ruleId}`;
}

describe("the example's pull request", () => {
  let claims: readonly Claim[];
  beforeAll(async () => {
    claims = await claimsOver("base", "pull-request");
  });

  it.each(
    [...shopManifest.review.planted, ...shopManifest.review.preExisting].map((defect) => [defect.id, defect] as const),
  )("finds the planted defect %s", (_id, defect) => {
    expect(claims.filter((claim) => overlaps(claim, defect)).map(where)).toHaveLength(1);
  });

  it.each(shopManifest.review.lookAlikes.map((place) => [place.id, place] as const))(
    "leaves the look-alike %s alone",
    (_id, place) => {
      const planted = claims.filter((claim) => shopManifest.review.planted.some((defect) => overlaps(claim, defect)));

      expect(claims.filter((claim) => overlaps(claim, place) && !planted.includes(claim)).map(where)).toEqual([]);
    },
  );

  it("says nothing else about the files that it changes", () => {
    const known = [...shopManifest.review.planted, ...shopManifest.review.preExisting];
    const changed = new Set(globSync("**/*.*", { cwd: join(sources, "pull-request") }));

    expect(
      claims.filter((claim) => changed.has(claim.path) && !known.some((defect) => overlaps(claim, defect))).map(where),
    ).toEqual([]);
  });
});

describe("the example's controllers", () => {
  it("have exactly the issues of the audit", async () => {
    const claims = (await claimsOver("base")).filter((claim) => claim.path.startsWith("src/controllers/"));

    expect(claims.map(where).toSorted()).toEqual(
      shopManifest.audit.issues
        .map((issue) => claims.find((claim) => overlaps(claim, issue)))
        .map((claim) => (claim === undefined ? "not found" : where(claim)))
        .toSorted(),
    );
  });
});
