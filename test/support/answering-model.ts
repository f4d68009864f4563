import type { Model, Turn, TurnRequest } from "../../src/ports/model.ts";

/** The task a request's conversation began with. */
export function taskOf(request: TurnRequest): string {
  const [first] = request.messages;
  if (first?.role !== "user") throw new Error("a conversation starts with a task");
  return first.text;
}

/** Answers each turn by what it says, in whatever order turns come; requests are kept as they were sent. */
export class AnsweringModel implements Model {
  readonly requests: TurnRequest[] = [];
  readonly #answer: (request: TurnRequest, task: string) => Turn | Error | Promise<Turn>;

  constructor(answer: (request: TurnRequest, task: string) => Turn | Error | Promise<Turn>) {
    this.#answer = answer;
  }

  async turn(request: TurnRequest): Promise<Turn> {
    this.requests.push({ ...request, messages: [...request.messages] });
    const turn = await this.#answer(request, taskOf(request));
    if (turn instanceof Error) throw turn;
    return turn;
  }

  /** The tasks of the conversations that were offered this report tool, in the order they began. */
  tasksWith(tool: string): readonly string[] {
    return this.requests
      .filter(({ messages, tools }) => messages.length === 1 && tools.some(({ name }) => name === tool))
      .map(taskOf);
  }
}
