import { describe, expect, it } from "vitest";
import { z } from "zod";

import { answer, defineTool, MAX_RESULT, runTool, type Tool } from "../../src/subagent/toolbox.ts";

const signal = new AbortController().signal;

function echo(run: (text: string) => string = (text) => text): Tool {
  return defineTool({
    spec: { name: "Echo", description: "Says it again.", strict: false, inputSchema: { properties: {} } },
    input: z.object({ text: z.string(), times: z.int().optional() }),
    run: async ({ text, times = 1 }) => {
      await Promise.resolve();
      return answer(run(text).repeat(times));
    },
  });
}

describe("runTool", () => {
  it("gives the tool's answer under the call's id", async () => {
    const result = await runTool([echo()], { id: "c1", name: "Echo", input: { text: "a", times: 2 } }, signal);

    expect(result).toEqual({ callId: "c1", text: "aa", isError: false });
  });

  it.each(["Bash", "toString", "__proto__", "constructor", "echo", ""])(
    "answers a call of the unknown tool %j with the tools there are",
    async (name) => {
      const result = await runTool([echo()], { id: "c1", name, input: {} }, signal);

      expect(result).toEqual({
        callId: "c1",
        text: `There is no tool ${JSON.stringify(name)}. You have: Echo.`,
        isError: true,
      });
    },
  );

  it.each([undefined, null, "text", 1, [], {}, { text: 1 }])(
    "tells the model what is wrong with the input %j",
    async (input) => {
      const result = await runTool([echo()], { id: "c1", name: "Echo", input }, signal);

      expect(result.isError).toBe(true);
      expect(result.text).toContain("Invalid input");
    },
  );

  it("takes null for a property that is left out", async () => {
    const result = await runTool([echo()], { id: "c1", name: "Echo", input: { text: "a", times: null } }, signal);

    expect(result).toMatchObject({ text: "a", isError: false });
  });

  it("turns a failing tool into an answer", async () => {
    const broken = echo(() => {
      throw new Error("disk on fire");
    });

    const result = await runTool([broken], { id: "c1", name: "Echo", input: { text: "a" } }, signal);

    expect(result).toEqual({ callId: "c1", text: "Echo failed: disk on fire", isError: true });
  });

  it("throws on abort only, with the signal's reason", async () => {
    const controller = new AbortController();
    const aborting = echo(() => {
      controller.abort(new Error("stopped"));
      throw new Error("some other failure");
    });
    const call = { id: "c1", name: "Echo", input: { text: "a" } };

    await expect(runTool([aborting], call, controller.signal)).rejects.toThrow("stopped");
    await expect(runTool([echo()], call, controller.signal)).rejects.toThrow("stopped");
  });

  it("cuts a flood at a line border and says how much is missing", async () => {
    const flood = "0123456789\n".repeat(10_000);

    const { text } = await runTool([echo()], { id: "c1", name: "Echo", input: { text: flood } }, signal);

    expect(text.length).toBeLessThan(MAX_RESULT + 200);
    const [last, notice] = text.split("\n").slice(-2);
    expect(last).toBe("0123456789");
    expect(notice).toMatch(/^\[The result was cut: \d+ of 110000 characters are not shown\./);
  });

  it("cuts one endless line without breaking a character in two", async () => {
    const { text } = await runTool(
      [echo()],
      { id: "c1", name: "Echo", input: { text: `a${"🚀".repeat(20_000)}` } },
      signal,
    );

    expect(text.isWellFormed()).toBe(true);
    expect(text.length).toBeLessThan(MAX_RESULT + 200);
  });
});
