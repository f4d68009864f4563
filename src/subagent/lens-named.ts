import type { Lens } from "../domain/lens.ts";
import { BEHAVIOUR } from "./lenses/behaviour.ts";
import { CONCURRENCY } from "./lenses/concurrency.ts";
import { CONTRACTS } from "./lenses/contracts.ts";
import { CORRECTNESS } from "./lenses/correctness.ts";
import { DATA } from "./lenses/data.ts";
import { GAP } from "./lenses/gap.ts";
import { SECURITY } from "./lenses/security.ts";
import { TESTS } from "./lenses/tests.ts";

const BUILT_IN: readonly Lens[] = [CORRECTNESS, SECURITY, CONTRACTS, CONCURRENCY, DATA, TESTS];

/** The lens of that name: the repository's own first, then the built-in one; undefined when nobody has it. */
export function lensNamed(name: string, own: readonly Lens[]): Lens | undefined {
  const named = (lens: Lens): boolean => lens.name === name;
  return own.find(named) ?? [...BUILT_IN, GAP, BEHAVIOUR].find(named);
}

/** The names a request or a setting can ask for, sorted. */
export function lensNames(own: readonly Lens[]): readonly string[] {
  return [...new Set([...own, ...BUILT_IN].map(({ name }) => name))].toSorted();
}
