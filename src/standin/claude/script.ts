import { apiError, type Fault } from "./faults.ts";
import type { MessagesRequest } from "./request.ts";
import type { Turn } from "./turns.ts";

export type Answer = Turn | Fault;

export interface RequestInfo {
  /** 1 for the first request the server saw. */
  readonly index: number;
  /** How often exactly these bytes were sent, this time included. */
  readonly attempt: number;
  /** Model requests open at this moment, this one included. */
  readonly inFlight: number;
  readonly headers: Readonly<Record<string, string>>;
}

/** May wait before it answers: the request stays open, and unanswered, for as long. */
export type Handler = (request: MessagesRequest, info: RequestInfo) => Answer | Promise<Answer>;

/** All that is given must hold. */
export interface Match {
  /** Substrings of the first user message: a file path, a task title. */
  readonly contains?: string | readonly string[];
  /** 1 for the first request of a conversation. */
  readonly turn?: number;
  readonly model?: string;
  readonly where?: (request: MessagesRequest) => boolean;
}

interface WhenOptions {
  /** The last step answers for ever. */
  readonly repeat?: boolean;
}

interface Rule {
  readonly match: Match;
  readonly steps: readonly (Answer | Handler)[];
  readonly repeat: boolean;
  asked: number;
}

/** What the model says: queues first, in the order they were added, then the handler; anything else is unexpected. */
export class Script {
  readonly unexpected: string[] = [];
  readonly #rules: Rule[] = [];
  #handler: Handler | undefined;

  setHandler(handler: Handler): void {
    this.#handler = handler;
  }

  when(match: Match, steps: readonly (Answer | Handler)[], options: WhenOptions): void {
    if (steps.length === 0) throw new Error(`the rule for ${describe(match)} has no step`);
    this.#rules.push({ match, steps, repeat: options.repeat === true, asked: 0 });
  }

  async answer(request: MessagesRequest, info: RequestInfo): Promise<Answer> {
    for (const rule of this.#rules) {
      const step = rule.steps[rule.repeat ? Math.min(rule.asked, rule.steps.length - 1) : rule.asked];
      if (step === undefined || !matches(rule.match, request)) continue;
      rule.asked += 1;
      return typeof step === "function" ? step(request, info) : step;
    }
    if (this.#handler !== undefined) return this.#handler(request, info);
    const what = `request ${info.index}, turn ${request.turn}, first user message: ${request.firstUserText.slice(0, 120)}`;
    this.unexpected.push(what);
    return apiError("api_error", `the stand-in's script has no answer for ${what}`, { "x-should-retry": "false" });
  }

  /** One line for each queue with steps nobody asked for. */
  unused(): readonly string[] {
    return this.#rules.flatMap(({ match, steps, asked, repeat }) => {
      const left = repeat && asked > 0 ? 0 : steps.length - asked;
      return left > 0 ? [`${describe(match)}: ${left} of ${steps.length} steps never asked for`] : [];
    });
  }
}

function matches({ contains, turn, model, where }: Match, request: MessagesRequest): boolean {
  const parts = contains === undefined ? [] : typeof contains === "string" ? [contains] : contains;
  return (
    parts.every((part) => request.firstUserText.includes(part)) &&
    (turn === undefined || turn === request.turn) &&
    (model === undefined || model === request.model) &&
    (where === undefined || where(request))
  );
}

function describe(match: Match): string {
  return JSON.stringify({ ...match, ...(match.where === undefined ? {} : { where: "(function)" }) });
}
