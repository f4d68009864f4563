import { describe, expect, it } from "vitest";

import { CappedOutput } from "../../../src/adapters/sandbox/capped-output.ts";
import { Turnstile } from "../../../src/adapters/sandbox/turnstile.ts";

describe("capped output", () => {
  it("keeps a short output as it is, also when a character comes in two parts", () => {
    const output = new CappedOutput();
    for (const byte of Buffer.from("größe")) output.add(Buffer.from([byte]));

    expect(output.text()).toBe("größe");
  });

  it("keeps the beginning and the end of a long one, and says how much is missing", () => {
    const output = new CappedOutput();
    output.add(Buffer.from("begin"));
    for (let index = 0; index < 1_000; index += 1) output.add(Buffer.alloc(1_000, "x"));
    output.add(Buffer.from("end"));

    const text = output.text();

    expect(output.bytes).toBe(1_000_008);
    expect(text).toMatch(/^begin[^]*end$/);
    expect(text).toContain(`[... ${1_000_008 - 65_536} bytes left out ...]`);
    expect(text.length).toBeLessThan(65_536 + 100);
  });
});

describe("turnstile", () => {
  const signal = new AbortController().signal;

  it("lets so many through at a time, in the order they came", async () => {
    const turnstile = new Turnstile(2);
    const order: string[] = [];
    let inside = 0;
    let most = 0;

    await Promise.all(
      ["a", "b", "c", "d", "e"].map(async (name) =>
        turnstile.pass(async () => {
          order.push(name);
          most = Math.max(most, ++inside);
          await new Promise(setImmediate);
          inside -= 1;
        }, signal),
      ),
    );

    expect(order).toEqual(["a", "b", "c", "d", "e"]);
    expect(most).toBe(2);
  });

  it("goes on after work that failed and callers that gave up", async () => {
    const turnstile = new Turnstile(1);
    const controller = new AbortController();
    const failing = turnstile.pass(async () => Promise.reject(new Error("broken")), signal);
    const waiting = turnstile.pass(async () => "never", controller.signal);
    const last = turnstile.pass(async () => "done", signal);

    controller.abort(new Error("enough"));

    await expect(failing).rejects.toThrow("broken");
    await expect(waiting).rejects.toThrow("enough");
    expect(await last).toBe("done");
  });
});
