/**
 * Runs the built Action as a runner does, with nothing but dist/ and action.yml, in an empty folder, against a local GitHub with the
 * example shop. Fails unless the whole review arrived: every planted defect at its lines, and nothing else.
 */
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Report } from "../../src/domain/report.ts";
import { declaredInputs } from "../../src/entry/action-file.ts";
import { openDemoScene } from "../../src/entry/demo-scene.ts";
import { runAction } from "../../src/standin/runner/run-action.ts";
import type { Place } from "../../src/standin/shop/manifest-entry.ts";
import { shopManifest } from "../../src/standin/shop/manifest.ts";
import { smokeProviders } from "./smoke-providers.ts";

const root = join(import.meta.dirname, "../..");
const bundle = join(root, "dist/action.js");
if (!existsSync(bundle)) throw new Error("dist/action.js is missing: run npm run build first");

const folder = await mkdtemp(join(tmpdir(), "parallel-review-smoke-"));
await using cleanup = new AsyncDisposableStack();
cleanup.defer(() => rm(folder, { recursive: true, force: true }));
cpSync(join(root, "dist"), join(folder, "dist"), { recursive: true });
cpSync(join(root, "action.yml"), join(folder, "action.yml"));

const searchPath = process.env["PATH"];
const place = { shopSources: join(root, "src/standin/shop"), searchPath, port: 0 };
await using scene = await openDemoScene(place, new AbortController().signal);
const { github, repository, pull } = scene;
const event = scene.comment("/parallel-review");
github.journal.clear();
const started = Date.now();
const result = await runAction({
  main: join(folder, "dist/action.js"),
  declared: declaredInputs(join(folder, "action.yml")),
  with: { "github-token": scene.token, engine: "rules" },
  event: { name: event.name, payload: event.payload },
  repository: repository.fullName,
  apiUrl: github.url,
  serverUrl: github.url,
  graphqlUrl: github.graphqlUrl,
  environment: { PATH: searchPath },
});
const ended = Date.now();

const range = ["--repo", repository.gitDir, "--base", pull.base.sha, "--head", pull.head.sha];
const cli = spawnSync(
  process.execPath,
  [join(folder, "dist/cli.js"), "review", ...range, "--engine", "rules", "--format", "json", "--quiet"],
  { cwd: folder, encoding: "utf8", env: { PATH: searchPath } },
);

const refusals = await smokeProviders(join(folder, "dist/cli.js"), folder, range, searchPath);

const { planted, lookAlikes } = shopManifest.review;
const reviews = pull.reviews.filter(({ state }) => state === "COMMENTED");
const comments = pull.reviewComments.map(({ path, line = 0, startLine = line, body }) => ({
  path,
  line: startLine,
  endLine: line,
  body,
}));
const touches = (one: Pick<Place, "path" | "line" | "endLine">, other: typeof one): boolean =>
  one.path === other.path && one.line <= other.endLine && other.line <= one.endLine;
const problems = [
  ...(result.exitCode === 0 ? [] : [`exit code ${result.exitCode}`]),
  ...(result.outputs["conclusion"] === "success" ? [] : [`conclusion ${result.outputs["conclusion"]}`]),
  ...(result.outputs["findings"] === String(comments.length) ? [] : [`output findings ${result.outputs["findings"]}`]),
  ...(result.outputs["review-url"] === "" ? ["output review-url is empty"] : []),
  ...(result.summary.includes("Coverage") ? [] : ["the job summary has no coverage table"]),
  ...(reviews.length === 1 ? [] : [`${reviews.length} reviews`]),
  ...planted
    .filter((defect) => !comments.some((comment) => touches(comment, defect)))
    .map((defect) => `planted defect ${defect.id} has no comment at ${defect.path}:${defect.line}`),
  ...comments
    .filter((comment) => !planted.some((defect) => touches(comment, defect)))
    .map((comment) => `comment where no defect was planted: ${comment.path}:${comment.line}`),
  ...lookAlikes
    .filter((innocent) => comments.some((comment) => touches(comment, innocent)))
    .map((innocent) => `look-alike ${innocent.id} was commented`),
  ...(cli.status === 0 && introduced(cli.stdout) === comments.length
    ? []
    : [`dist/cli.js ended with ${cli.status} and does not find the same: ${cli.stderr}${cli.stdout.slice(0, 200)}`]),
  ...refusals,
  ...result.leaked.map(() => "a masked value stands in the log"),
];
if (problems.length > 0) {
  console.error(result.log);
  throw new Error(`The bundled Action failed:\n${problems.join("\n")}`);
}
const firstRequest = (github.journal.entries[0]?.startedAt ?? Number.NaN) - started;
console.log(
  `smoke: ${planted.length} of ${planted.length} planted defects posted in one review, ${lookAlikes.length} look-alikes left alone; ` +
    `${github.journal.entries.length} GitHub requests, first after ${firstRequest} ms, all in ${ended - started} ms; ` +
    `bundle ${(statSync(bundle).size / 1e6).toFixed(2)} MB`,
);

function introduced(json: string): number {
  return Report.parse(JSON.parse(json)).findings.filter(({ scope }) => scope === "introduced").length;
}
