import { ExternalError } from "../domain/errors.ts";
import { costUsd, type Price, worstCostUsd } from "../domain/price.ts";
import { addUsage, type Usage } from "../domain/usage.ts";
import type { Model, Turn, TurnRequest } from "../ports/model.ts";
import type { Purse, Reservation } from "./purse.ts";

/** What one subagent has had so far. Broken turns cost, but do not count. */
export type Tab = { usage: Usage; costUsd: number; turns: number };

/** Who answers, and from what it is paid. */
export type Account = { readonly model: Model; readonly price: Price; readonly purse: Purse };

/**
 * One paid turn; undefined when the run has no money left for it. Money is set aside before each sending and settled after: what a
 * broken answer had cost until it broke is settled too, and the next try is paid anew.
 */
export async function payTurn(
  request: TurnRequest,
  { model, price, purse }: Account,
  tab: Tab,
  signal: AbortSignal,
): Promise<Turn | undefined> {
  const worst = worstCostUsd(price, promptBytes(request), request.maxOutputTokens);
  const held: { money: Reservation | undefined; refused: boolean } = { money: undefined, refused: false };
  const setAside = async (): Promise<boolean> => {
    held.money = await purse.reserve(worst, signal);
    held.refused = held.money === undefined;
    return !held.refused;
  };
  const book = (usage: Usage): void => {
    const cost = costUsd(price, usage);
    held.money?.settle(cost);
    held.money = undefined;
    tab.usage = addUsage(tab.usage, usage);
    tab.costUsd += cost;
  };
  const onBroken = async (error: ExternalError): Promise<boolean> => {
    if (error.usage === undefined) return true;
    book(error.usage);
    return setAside();
  };
  if (!(await setAside())) return undefined;
  try {
    const turn = await model.turn({ ...request, onBroken }, signal);
    book(turn.usage);
    tab.turns += 1;
    return turn;
  } catch (error) {
    if (held.refused) return undefined;
    if (error instanceof ExternalError && error.usage !== undefined) book(error.usage);
    throw error;
  } finally {
    held.money?.release();
  }
}

/** Bytes of everything that is billed as prompt. */
export function promptBytes(request: TurnRequest): number {
  const tools = request.tools.map(({ name, description, inputSchema }) => ({ name, description, inputSchema }));
  return Buffer.byteLength(JSON.stringify([request.system, request.prefix, request.messages, tools]));
}
