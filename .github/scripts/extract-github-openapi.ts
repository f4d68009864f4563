/**
 * Cuts the operations this project uses (and everything they refer to) out of GitHub's own OpenAPI description, for the contract tests.
 * The package it comes from is 385 MB unpacked, so it is never a dependency; get it by hand, anywhere outside the repository:
 *
 *   npm pack @octokit/openapi@23.0.2 && tar -xzf octokit-openapi-23.0.2.tgz package/generated/api.github.com.json
 *   node .github/scripts/extract-github-openapi.ts package/generated/api.github.com.json && npm run format:fix
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "node:util";

type Json = Record<string, unknown>;

const SOURCE = "@octokit/openapi 23.0.2";

/** Operation ids, by area. Add one here, run the script, commit what it wrote. */
const OPERATIONS = `
  apps/get-authenticated apps/list-installations apps/get-installation apps/get-repo-installation apps/create-installation-access-token
  apps/revoke-installation-access-token apps/list-repos-accessible-to-installation apps/create-from-manifest
  apps/get-webhook-config-for-app apps/update-webhook-config-for-app apps/list-webhook-deliveries apps/get-webhook-delivery
  apps/redeliver-webhook-delivery apps/list-installations-for-authenticated-user apps/list-installation-repos-for-authenticated-user
  rate-limit/get users/get-authenticated users/get-by-username
  repos/get repos/get-content repos/compare-commits-with-basehead repos/get-commit repos/list-commits repos/get-branch repos/list-branches
  repos/get-collaborator-permission-level
  git/get-ref git/list-matching-refs git/create-ref git/update-ref git/delete-ref git/get-blob git/create-blob git/get-tree git/create-tree
  git/get-commit git/create-commit
  pulls/get pulls/create pulls/update pulls/list pulls/list-files pulls/list-commits
  pulls/create-review pulls/list-reviews pulls/get-review pulls/update-review pulls/submit-review pulls/dismiss-review
  pulls/delete-pending-review pulls/list-comments-for-review
  pulls/create-review-comment pulls/create-reply-for-review-comment pulls/list-review-comments pulls/list-review-comments-for-repo
  pulls/get-review-comment pulls/update-review-comment pulls/delete-review-comment
  issues/get issues/create issues/update issues/list-for-repo
  issues/create-comment issues/get-comment issues/update-comment issues/delete-comment issues/list-comments
  issues/list-comments-for-repo
  issues/add-labels issues/remove-label issues/create-label issues/get-label issues/list-labels-on-issue issues/list-labels-for-repo
  reactions/create-for-issue-comment reactions/list-for-issue-comment reactions/delete-for-issue-comment
  reactions/create-for-pull-request-review-comment reactions/list-for-pull-request-review-comment
  reactions/delete-for-pull-request-comment
  checks/create checks/update checks/get checks/list-for-ref checks/list-annotations
  code-scanning/upload-sarif code-scanning/get-sarif actions/create-workflow-dispatch
`
  .split(/\s+/)
  .filter((id) => id !== "");

const [input] = process.argv.slice(2);
if (input === undefined) {
  console.error("usage: node .github/scripts/extract-github-openapi.ts <api.github.com.json>");
  process.exit(2);
}
const spec = JSON.parse(readFileSync(input, "utf8")) as Json;
const output = join(import.meta.dirname, "../../test/contract/github/openapi-subset.json");
const { subset, found } = extract(spec, new Set(OPERATIONS));
const missing = OPERATIONS.filter((id) => !found.has(id));
if (missing.length > 0) {
  console.error(`not in ${input}: ${missing.join(", ")}`);
  process.exit(1);
}
writeFileSync(output, `${JSON.stringify(subset)}\n`);
console.log(format("%d operations, %d bytes", found.size, JSON.stringify(subset).length));

function extract(source: Json, wanted: ReadonlySet<string>): { subset: Json; found: Set<string> } {
  const seen = new Set<string>();
  const paths: Record<string, Json> = {};
  const components: Record<string, Json> = {};
  for (const [path, item] of entries(source["paths"])) {
    for (const [method, operation] of entries(item)) {
      const id = (operation as Json)["operationId"];
      if (typeof id !== "string" || !wanted.has(id)) continue;
      (paths[path] ??= {})[method] = strip(operation);
      seen.add(id);
    }
  }
  const visited = new Set<string>();
  const follow = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    const reference = (value as Json)["$ref"];
    if (typeof reference === "string" && !visited.has(reference)) {
      visited.add(reference);
      const [, , kind = "", name = ""] = reference.split("/");
      const target = strip(((source["components"] as Json)[kind] as Json)[name]);
      (components[kind] ??= {})[name] = target;
      follow(target);
    }
    for (const inner of Object.values(value)) follow(inner);
  };
  follow(paths);
  const notice = `Operations cut out of ${SOURCE} (generated/api.github.com.json), Copyright (c) 2020 Octokit contributors, MIT licence, see NOTICE.md.`;
  return {
    subset: {
      openapi: source["openapi"],
      info: { ...(source["info"] as Json), description: notice },
      paths,
      components,
    },
    found: seen,
  };
}

/** Without the parts that only people read. A property may be called `description` or `example`: those are objects, and stay. */
function strip(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(strip);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]): [string, unknown][] => {
      if (key === "examples" || key === "x-github" || key === "externalDocs") return [];
      if ((key === "example" || key === "description" || key === "summary") && typeof inner !== "object") return [];
      if (key === "example" && !isSchema(inner)) return [];
      return [[key, strip(inner)]];
    }),
  );
}

function isSchema(value: unknown): boolean {
  return typeof value === "object" && value !== null && ("type" in value || "$ref" in value);
}

function entries(value: unknown): [string, unknown][] {
  return Object.entries(value as Json);
}
