import { readFileSync } from "node:fs";

import { parse } from "yaml";
import { z } from "zod";

const ActionFile = z.object({ inputs: z.record(z.string(), z.object({ default: z.string().optional() })) });

/** The inputs that an action.yml declares, with their defaults; expressions, which only GitHub can evaluate, count as empty. */
export function declaredInputs(actionFile: string): Readonly<Record<string, string>> {
  const { inputs } = ActionFile.parse(parse(readFileSync(actionFile, "utf8")));
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { default: fallback = "" }]) => [
      name,
      fallback.includes("${{") ? "" : fallback,
    ]),
  );
}
