import { gunzipSync } from "node:zlib";

import { dispatchEvent } from "../events.ts";
import { resolveCommit } from "../git/git-store.ts";
import { NO_CONTENT, notFound, ok, refusal } from "../http/answer.ts";
import { readRoute, writeRoute, type Route } from "../http/route.ts";
import { apiUrl } from "../json/repository-json.ts";

export const automationRoutes: readonly Route[] = [
  writeRoute("POST", "/code-scanning/sarifs", ["security_events=write"], async ({ world, repository, body }) => {
    const commitSha = body.text("commit_sha");
    const sarif = body.text("sarif");
    if ((await resolveCommit(world.git, repository.gitDir, commitSha)) !== commitSha) {
      throw refusal(404, `commit not found: ${commitSha}`);
    }
    try {
      JSON.parse(gunzipSync(Buffer.from(sarif, "base64")).toString("utf8"));
    } catch {
      throw refusal(400, "Invalid SARIF. The sarif field must be gzip-compressed, Base64-encoded JSON.");
    }
    const id = `00000000-0000-4000-8000-${world.nextId().toString().padStart(12, "0")}`;
    repository.sarifUploads.push({ id, commitSha, ref: body.text("ref"), sarif });
    return { status: 202, body: { id, url: `${apiUrl(world, repository)}/code-scanning/sarifs/${id}` } };
  }),
  readRoute("/code-scanning/sarifs/:id", ["security_events=read"], ({ world, repository, params }) => {
    const known = repository.sarifUploads.some(({ id }) => id === params["id"]);
    if (!known) throw notFound();
    return ok({
      processing_status: "complete",
      analyses_url: `${apiUrl(world, repository)}/code-scanning/analyses?sarif_id=${params["id"] ?? ""}`,
      errors: null,
    });
  }),
  writeRoute("POST", "/actions/workflows/:workflow/dispatches", ["actions=write"], async (call) => {
    const { world, repository, params, body, actor } = call;
    const ref = body.text("ref");
    const branch = ref.replace(/^refs\/heads\//, "");
    const tip = await resolveCommit(world.git, repository.gitDir, `refs/heads/${branch}`);
    if (tip === undefined) throw refusal(422, `No ref found for: ${ref}`);
    const inputs = body.value("inputs");
    const dispatch = {
      workflow: `.github/workflows/${params["workflow"] ?? ""}`,
      ref: `refs/heads/${branch}`,
      inputs: typeof inputs === "object" && inputs !== null ? { ...inputs } : {},
    };
    repository.dispatches.push(dispatch);
    dispatchEvent(world, repository, actor, dispatch);
    return NO_CONTENT;
  }),
];
