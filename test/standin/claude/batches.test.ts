import { expect, it } from "vitest";

import { apiError } from "../../../src/standin/claude/faults.ts";
import { textTurn } from "../../../src/standin/claude/turns.ts";
import { ask, startCheckedClaude } from "./checked-claude.ts";

it("runs a batch from creation to its results, one of each kind", async () => {
  await using checked = await startCheckedClaude({ batches: { pollsUntilEnd: 2, expired: ["late"] } });
  const { batches } = checked.client.messages;
  checked.claude.when({ contains: "good" }, [textTurn("Fine.")]);
  checked.claude.when({ contains: "bad" }, [apiError("invalid_request_error", "No")]);
  const created = await batches.create({
    requests: ["good", "bad", "late"].map((id) => ({ custom_id: id, params: ask(id) })),
  });

  const polls = [
    await batches.retrieve(created.id),
    await batches.retrieve(created.id),
    await batches.retrieve(created.id),
  ];
  const results = [];
  for await (const line of await batches.results(created.id)) results.push(line);

  expect(created).toMatchObject({
    processing_status: "in_progress",
    request_counts: { processing: 3 },
    results_url: null,
  });
  expect(polls.map(({ processing_status: status }) => status)).toEqual(["in_progress", "in_progress", "ended"]);
  expect(polls[2]?.request_counts).toEqual({ processing: 0, succeeded: 1, errored: 1, canceled: 0, expired: 1 });
  expect(results).toMatchObject([
    { custom_id: "good", result: { type: "succeeded", message: { usage: { service_tier: "batch" } } } },
    {
      custom_id: "bad",
      result: { type: "errored", error: { error: { type: "invalid_request_error", message: "No" } } },
    },
    { custom_id: "late", result: { type: "expired" } },
  ]);
  expect((await batches.list()).data.map(({ id }) => id)).toEqual([created.id]);
  expect(checked.violations).toEqual([]);
});

it("cancels a batch: what was not processed is canceled", async () => {
  await using checked = await startCheckedClaude();
  const { batches } = checked.client.messages;
  const { id } = await batches.create({ requests: [{ custom_id: "one", params: ask() }] });

  const canceling = await batches.cancel(id);
  await batches.retrieve(id);
  const ended = await batches.retrieve(id);

  expect(canceling.processing_status).toBe("canceling");
  expect(ended).toMatchObject({ processing_status: "ended", request_counts: { canceled: 1 } });
  expect(checked.claude.unexpected).toEqual([]);
  expect(checked.violations).toEqual([]);
});

it("lists and describes the models, page by page", async () => {
  await using checked = await startCheckedClaude();

  const ids: string[] = [];
  for await (const model of checked.client.models.list({ limit: 2, lifecycle: ["active"] })) ids.push(model.id);
  const sonnet = await checked.client.models.retrieve("claude-sonnet-5-5");
  const unknown = checked.client.models.retrieve("claude-nothing");

  expect(ids).toContain("claude-haiku-5-5");
  expect(ids).not.toContain("claude-sonnet-4-5");
  expect(sonnet).toMatchObject({
    max_input_tokens: 1_000_000,
    capabilities: { thinking: { types: { between_tools: { supported: true }, disabled: { supported: false } } } },
  });
  await expect(unknown).rejects.toMatchObject({ status: 404, type: "not_found_error" });
  expect(checked.violations).toEqual([]);
});
