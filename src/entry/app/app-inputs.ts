import { declaredInputs } from "../action-file.ts";
import { bundleLayout } from "../bundle-layout.ts";
import { type Inputs, readInputs } from "../inputs.ts";
import type { EngineChoice } from "../option-values.ts";
import type { AppClaude } from "./app-claude.ts";

type Told = {
  readonly token: string;
  readonly folder: string;
  readonly engine: EngineChoice;
  readonly anthropicKey: string;
  readonly claude: AppClaude;
  readonly anthropicBaseUrl: string | undefined;
  readonly model: string | undefined;
};

/** What a job of the App is told where a workflow would say it: the Action's own defaults, which are read once, but for these. */
export function appInputs(): (told: Told) => Inputs {
  const declared = declaredInputs(bundleLayout().actionFile);
  return (told) => inputsOf(declared, told);
}

function inputsOf(declared: Readonly<Record<string, string>>, told: Told): Inputs {
  const given: Readonly<Record<string, string | undefined>> = {
    ...declared,
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
