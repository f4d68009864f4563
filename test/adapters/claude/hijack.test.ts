import { afterEach, expect, it, vi } from "vitest";

import { claudeModel } from "../../../src/adapters/claude/claude-model.ts";
import { asServerSentEvents, startProvider, turnEvents } from "../../support/provider-server.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

it("A59: what lies in the environment leads no request, key or header elsewhere", async () => {
  const answer = asServerSentEvents(turnEvents("fine", { name: "Read", input: {} }));
  await using own = await startProvider(() => answer);
  await using evil = await startProvider(() => answer);
  for (const name of ["ANTHROPIC_BASE_URL", "HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"]) {
    vi.stubEnv(name, evil.url);
  }
  vi.stubEnv("ANTHROPIC_AUTH_TOKEN", "somebody-elses");
  vi.stubEnv("ANTHROPIC_API_KEY", "sk-somebody-elses");
  vi.stubEnv("ANTHROPIC_CUSTOM_HEADERS", "x-gateway: 1");
  vi.stubEnv("ANTHROPIC_OPEN_TELEMETRY_PROPAGATION", "true");
  const model = claudeModel({ provider: "anthropic", baseUrl: own.url, apiKey: "sk-ours", idleTimeoutMs: 5_000 });

  await model.turn(
    {
      model: "claude-sonnet-5-5",
      system: "",
      prefix: "",
      messages: [{ role: "user", text: "Hello" }],
      tools: [],
      maxOutputTokens: 100,
      effort: undefined,
    },
    new AbortController().signal,
  );

  expect(evil.asked).toEqual([]);
  expect(own.asked.map(({ headers }) => [headers["x-api-key"], headers.authorization])).toEqual([
    [undefined, "Bearer sk-ours"],
  ]);
});
