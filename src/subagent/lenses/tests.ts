import type { Lens } from "../../domain/lens.ts";
import { GENERAL_DO_NOT_FLAG } from "./general.ts";

export const TESTS: Lens = {
  name: "tests",
  lookFor: `- tests that cannot fail: no assertion, an assertion that is never reached or never awaited, a mock that answers what is asserted
- tests that assert the wrong thing, or no longer test what their name says
- tests that depend on time, order, randomness, the network or another test
- an assertion weakened, a test skipped or a snapshot renewed so that a defect of this very change passes`,
  doNotFlag: `${GENERAL_DO_NOT_FLAG}
- style of tests, and cases that nobody tested before`,
};
