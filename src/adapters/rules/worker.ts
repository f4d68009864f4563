import { type MessagePort, parentPort, workerData } from "node:worker_threads";

import { errorMessage } from "../../domain/errors.ts";
import { type Engine, openEngine } from "./engine.ts";
import { scanFile } from "./scan-file.ts";
import type { WorkerAnswer, WorkerData, WorkerRequest } from "./worker-protocol.ts";

/** A worker thread of the detector: loads the engine, then answers one file after the other. */
async function serve(port: MessagePort, data: WorkerData): Promise<void> {
  const engine = await openEngine(data.assets, data.languages);
  port.on("message", (request: WorkerRequest) => {
    port.postMessage(answer(engine, data, request));
  });
  port.postMessage({ kind: "ready" } satisfies WorkerAnswer);
}

function answer(engine: Engine, data: WorkerData, request: WorkerRequest): WorkerAnswer {
  if (request.kind === "check") {
    const complaint = engine.complaint(request.language, request.rule.matcher);
    return complaint === undefined ? { kind: "checked" } : { kind: "checked", complaint };
  }
  try {
    return { kind: "claims", claims: scanFile(engine, data.rules, request.path, request.text) };
  } catch (error) {
    return { kind: "failed", error: errorMessage(error) };
  }
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own detector is the only one who starts this file
if (parentPort !== null) await serve(parentPort, workerData as WorkerData);
