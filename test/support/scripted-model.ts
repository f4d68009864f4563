import { NO_USAGE } from "../../src/domain/usage.ts";
import type { Model, ToolCall, Turn, TurnRequest } from "../../src/ports/model.ts";

/** Answers turns from a script; fails on one too many, and `done` fails on one too few. Requests are kept as they were sent. */
export class ScriptedModel implements Model {
  readonly requests: TurnRequest[] = [];
  readonly #script: (Turn | Error)[];

  constructor(...script: (Turn | Error)[]) {
    this.#script = script;
  }

  async turn(request: TurnRequest): Promise<Turn> {
    this.requests.push({ ...request, messages: [...request.messages] });
    const next = this.#script.shift();
    if (next === undefined) throw new Error("ScriptedModel: a turn nobody scripted");
    if (next instanceof Error) throw next;
    return next;
  }

  done(): void {
    if (this.#script.length > 0) throw new Error(`ScriptedModel: ${this.#script.length} turns were never asked for`);
  }
}

const usage = { ...NO_USAGE, inputTokens: 100, outputTokens: 10 };

export function callsTurn(...calls: readonly Omit<ToolCall, "id">[]): Turn {
  const numbered = calls.map((call, index) => ({ id: `call-${index + 1}`, ...call }));
  return { text: "", calls: numbered, stop: "tools", usage, replay: numbered };
}

export function stopTurn(stop: Exclude<Turn["stop"], "tools">, refusal?: string): Turn {
  return { text: "", calls: [], stop, usage, replay: [], ...(refusal === undefined ? {} : { refusal }) };
}
