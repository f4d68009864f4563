import { availableParallelism } from "node:os";

import { defineConfig } from "vitest/config";

/** Rooms without a world: their tests change nothing that another file could see, so they need no fresh modules. */
const PURE = ["test/domain/**/*.test.ts", "test/render/**/*.test.ts", "test/subagent/**/*.test.ts"];

const common = {
  root: `${import.meta.dirname}/..`,
  pool: "forks",
  // Ends what hangs, no more: on a busy machine the processes that tests start take ten times as long.
  testTimeout: 120_000,
  hookTimeout: 120_000,
} as const;

const config = defineConfig({
  test: {
    ...common,
    // Vitest leaves one core to itself; most of these tests wait for processes and servers.
    maxWorkers: availableParallelism(),
    coverage: { include: ["src/**/*.ts"], reporter: ["text-summary", "html"] },
    projects: [
      { test: { ...common, name: "pure", include: PURE, isolate: false } },
      // Of processes, browsers and databases on a machine that others use as well; the report names what took a second try.
      {
        test: {
          ...common,
          name: "world",
          include: ["test/**/*.test.ts"],
          exclude: PURE,
          retry: process.env["CI"] === "true" ? 1 : 0,
        },
      },
    ],
  },
});
export default config;
