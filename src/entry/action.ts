import * as core from "@actions/core";

import { logSafe } from "../render/log-safe.ts";
import { readRunnerVariables } from "./action-environment.ts";
import { describeFailure } from "./exit-code.ts";
import { readInputs } from "./inputs.ts";
import { interruption } from "./interruption.ts";
import { runAction } from "./run-action.ts";

const signal = interruption();
try {
  const inputs = readInputs((name) => core.getInput(name));
  for (const secret of [inputs["github-token"], inputs["anthropic-api-key"]]) if (secret !== "") core.setSecret(secret);
  await runAction({ inputs, runner: readRunnerVariables(process.env), env: process.env }, signal);
} catch (error) {
  core.setFailed(logSafe(describeFailure(error, signal.aborted).text));
}
