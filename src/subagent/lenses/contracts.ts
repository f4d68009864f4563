import type { Lens } from "../../domain/lens.ts";
import { GENERAL_DO_NOT_FLAG } from "./general.ts";

export const CONTRACTS: Lens = {
  name: "contracts",
  lookFor: `- exported functions, types, routes, events, messages, columns or settings whose shape or meaning the change alters, and code (search for it) that still relies on the old one
- parameters added, removed, reordered or made required; results that can now be null, a promise, an error, another unit or another order
- a renamed or removed export, field, route or status that something outside this change still uses
- validation and documentation of an interface that no longer say what the code does
- two sides of one protocol of which only one was changed`,
  doNotFlag: `${GENERAL_DO_NOT_FLAG}
- callers that a type checker of this repository rejects at build time, unless they are plain JavaScript, tests excluded from it, or reached dynamically
- changes that every caller in the repository already follows`,
};
