import type { RunHeader } from "../ports/run-store.ts";
import type { CommandOptions } from "./local-order.ts";

/** The options with all that decides what a run does as it was then. */
export function optionsThen({ request }: RunHeader, options: CommandOptions): CommandOptions {
  const { engine, model, verifierModel, effort, lenses, failOn, baseRef, headRef } = request;
  return {
    ...options,
    engine,
    model,
    "verifier-model": verifierModel,
    effort,
    lens: lenses,
    "fail-on": failOn,
    base: baseRef,
    head: headRef,
  };
}
