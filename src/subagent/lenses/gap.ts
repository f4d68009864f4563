import type { Lens } from "../../domain/lens.ts";
import { GAP_LENS } from "../../domain/plan-passes.ts";
import { GENERAL_DO_NOT_FLAG } from "./general.ts";

export const GAP: Lens = {
  name: GAP_LENS,
  lookFor: `what everybody missed. Others have read these files; what they found is listed as already on record. Assume that they overlooked something:
- the ways through the code that nothing on record touches: error paths, early returns, the last element, the second call
- what only shows when two of these files are read together, or with a caller or a test that is not among them
- what is missing rather than wrong: a case not handled, a write not undone, a check not made, a place that should have changed too
- a record that stops at a symptom while its cause does further damage elsewhere`,
  doNotFlag: `${GENERAL_DO_NOT_FLAG}
- what is on record, in other words or on neighbouring lines; an empty report is the usual result`,
};
