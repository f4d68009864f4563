/** What no lens flags: these are what people remove a reviewer for. */
export const GENERAL_DO_NOT_FLAG = `- style, naming, formatting, comments, missing documentation
- what a compiler, a type checker or a linter of this repository reports by itself
- missing tests, missing logging or missing hardening as such
- "might", "could" or "consider" without an input or state that goes wrong
- code that the change neither touches nor breaks
- a different design that would also be right`;
