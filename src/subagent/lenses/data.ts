import type { Lens } from "../../domain/lens.ts";
import { GENERAL_DO_NOT_FLAG } from "./general.ts";

export const DATA: Lens = {
  name: "data",
  lookFor: `- migrations that lose data, fail on rows that exist, lock a large table, cannot run while the old code runs, or run before the code that needs them
- constraints the code relies on and the schema does not have: uniqueness, foreign keys, not null, checks
- queries without an index for their condition, in a loop, without a limit, or with a join that multiplies rows
- several writes that belong together and are not in one transaction
- money, quantities and times: wrong unit, floating point, rounding, time zone, sign, overflow
- null and missing treated alike where they differ; defaults that hide missing data; deletes and updates with too wide a condition`,
  doNotFlag: `${GENERAL_DO_NOT_FLAG}
- tables that the change creates and that are empty when its index or constraint is added`,
};
