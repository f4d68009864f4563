import * as core from "@actions/core";

import { ACTIONS_BOT_ID } from "../adapters/github/conversation.ts";
import { logSafeLines } from "../render/log-safe.ts";
import type { Host } from "./host.ts";
import { cleaner, runnerLog } from "./runner-log.ts";
import { type IdentityService, identityService, workflowIdentity } from "./workflow-identity.ts";
import type { World } from "./world.ts";

/** A step of a workflow as a host: its log, its outputs and its job summary. */
export function actionHost(step: Pick<World, "inputs" | "env">, runUrl: string): Host {
  const clean = cleaner(step);
  // The runner gives this to jobs whose permissions have id-token: write.
  const service = identityService(step.env);
  const safe = (text: string): string => logSafeLines(clean(text));
  return {
    info: (text) => core.info(safe(text)),
    warning: (text) => core.warning(safe(text)),
    fail: (text) => core.setFailed(safe(text)),
    output: (name, value) => core.setOutput(name, value),
    async summary(markdown) {
      await core.summary.addRaw(clean(markdown)).write();
    },
    journal: runnerLog(step),
    isProgressPublic: true,
    words: {
      decider: "the workflow",
      howToSet: "give the step anthropic-api-key: ${{ secrets.ANTHROPIC_API_KEY }}",
      keptIn: (folder) => `in the job summary and in ${folder}`,
      wholeAt: (url) => `[The whole report](${url}) is in the summary of the run.`,
    },
    identity: ACTIONS_BOT_ID,
    runUrl,
    ...(service === undefined ? {} : { identityToken: (audience) => maskedIdentity(service, audience) }),
  };
}

async function maskedIdentity(service: IdentityService, audience: string): Promise<string> {
  const token = await workflowIdentity(service, audience);
  core.setSecret(token);
  return token;
}
