import { defineConfig } from "vitest/config";

const config = defineConfig({
  test: {
    root: `${import.meta.dirname}/..`,
    include: ["test/**/*.test.ts"],
    pool: "threads",
    testTimeout: 30_000,
    hookTimeout: 30_000,
    coverage: { include: ["src/**/*.ts"], reporter: ["text-summary", "html"] },
  },
});
export default config;
