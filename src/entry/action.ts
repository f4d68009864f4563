// oxlint-disable-next-line import/no-unassigned-import -- before all others: they make schemas
import "./zod-without-code.ts";
import * as core from "@actions/core";

import { redactor } from "../domain/redact.ts";
import { logSafeLines } from "../render/log-safe.ts";
import { readRunnerVariables } from "./action-environment.ts";
import { secretsInEnvironment } from "./claude-connection.ts";
import { describeFailure } from "./exit-code.ts";
import { readInputs } from "./inputs.ts";
import { interruption } from "./interruption.ts";
import { runAction } from "./run-action.ts";

// Not waited for here: parts that are loaded later share modules with this one, and would wait for it in turn.
void main();

async function main(): Promise<void> {
  const signal = interruption();
  const given = ["github-token", "anthropic-api-key"]
    .map((name) => core.getInput(name))
    .filter((value) => value !== "");
  const secrets = [...given, ...secretsInEnvironment(process.env)];
  for (const secret of secrets) core.setSecret(secret);
  try {
    const inputs = readInputs((name) => core.getInput(name));
    await runAction({ inputs, runner: readRunnerVariables(process.env), env: process.env }, signal);
  } catch (error) {
    core.setFailed(logSafeLines(redactor(secrets)(describeFailure(error, signal.aborted).text)));
  }
}
