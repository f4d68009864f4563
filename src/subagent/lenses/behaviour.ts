import type { Lens } from "../../domain/lens.ts";

/** For the fresh reviewers of a change that other subagents made; it is no lens that a review can ask for. */
export const BEHAVIOUR: Lens = {
  name: "behaviour",
  lookFor: `The title is the goal of this change, and the description says how it was to be reached. The change was made file by file by others, who did not see each other's work. Report every place where it does something that the goal does not ask for, or not what the goal asks for:
- callers, users or stored data can tell a difference that the goal does not name: results, errors, order, side effects, timing, defaults, logging that others read
- a check, a guard, an error path, a clean-up or a test case that is gone or weaker
- two files of this change that no longer agree with each other: a name, a signature, a meaning, a registration that only one of them follows
- code that was to change and was only made to look changed: a suppressed error, a cast, an ignored result, a stub
Category: behaviour-change unless another one says more.`,
  doNotFlag: `- what the goal asks for
- style, naming, formatting, comments
- what a compiler or type checker reports: the change passed the project's own check
- defects that stood there before and that the change neither touches nor worsens`,
};
