import type { RunHeader } from "../ports/run-store.ts";
import type { CommandOptions } from "./local-order.ts";

/** The options with all that decides what a run does as it was then. */
export function optionsThen({ request }: RunHeader, options: CommandOptions): CommandOptions {
  const { engine, model, effort, failOn, baseRef, headRef } = request;
  return { ...options, engine, model, effort, "fail-on": failOn, base: baseRef, head: headRef };
}
