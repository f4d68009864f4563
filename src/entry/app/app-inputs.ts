import { declaredInputs } from "../action-file.ts";
import { bundleLayout } from "../bundle-layout.ts";
import { type Inputs, readInputs } from "../inputs.ts";
import type { EngineChoice } from "../option-values.ts";
import type { AppClaude } from "./app-claude.ts";

/** What a job of the App is told where a workflow would say it: the Action's own defaults, but for these. */
export function appInputs(told: {
  readonly token: string;
  readonly folder: string;
  readonly engine: EngineChoice;
  readonly anthropicKey: string;
  readonly claude: AppClaude;
  readonly anthropicBaseUrl: string | undefined;
  readonly model: string | undefined;
}): Inputs {
  const given: Readonly<Record<string, string | undefined>> = {
    ...declaredInputs(bundleLayout().actionFile),
    ...told.claude.inputs,
    "github-token": told.token,
    "anthropic-api-key": told.anthropicKey,
    engine: told.engine,
    "output-dir": told.folder,
    ...(told.anthropicBaseUrl === undefined ? {} : { "anthropic-base-url": told.anthropicBaseUrl }),
    ...(told.model === undefined ? {} : { model: told.model }),
  };
  return readInputs((name) => given[name] ?? "");
}
