/** The built-in audit for what goes well until there is load. */
export const RELIABILITY = {
  name: "reliability",
  title: "Reliability audit",
  description: "What goes well until there is load: leaks, races, calls without a timeout.",
  reportPath: "docs/code-review/reliability-audit.md",
  files: ["**/*.{ts,mts,cts,tsx,js,mjs,cjs,jsx,py,go,java,kt,scala,rb,php,cs,rs,swift}"],
  issueTypes: [
    {
      id: "resource-leak",
      title: "Resources left open",
      lookFor: "files, connections, listeners or timers that some path never closes or stops",
      categories: ["resource-leak"],
    },
    {
      id: "race-condition",
      title: "Races",
      lookFor: "a check and an act that another request can come between, state that threads share without a lock",
      categories: ["race-condition"],
    },
    {
      id: "missing-timeout",
      title: "Calls without a timeout",
      lookFor: "calls of other programs that may never answer, and that nobody ends",
      categories: ["missing-timeout"],
    },
    {
      id: "blocked-loop",
      title: "Event loops that stand still",
      lookFor: "blocking calls in asynchronous code",
      rules: ["py-blocking-in-async"],
    },
    {
      id: "wrong-comparison",
      title: "Language traps",
      lookFor: "code that looks right and means something else: identity for equality, a default that is shared",
      rules: ["java-string-identity", "py-mutated-default"],
    },
  ],
};
