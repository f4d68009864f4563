import { type MessagePort, parentPort, workerData } from "node:worker_threads";

import { errorMessage } from "../../domain/errors.ts";
import { type Engine, openEngine } from "./engine.ts";
import { type LanguageId, languageOf } from "./languages.ts";
import { rewriteFile } from "./rewrite-file.ts";
import { scanFile } from "./scan-file.ts";
import type { WorkerAnswer, WorkerData, WorkerRequest } from "./worker-protocol.ts";

/** A worker thread of the detector: loads the engine, then answers one file after the other. */
async function serve(port: MessagePort, data: WorkerData): Promise<void> {
  const engine = await openEngine(data.assets);
  const ruled = new Set(data.rules.syntax.flatMap((rule) => rule.languages));
  port.on("message", (request: WorkerRequest) => {
    void answer(engine, ruled, data, request).then((reply) => port.postMessage(reply));
  });
  port.postMessage({ kind: "ready" } satisfies WorkerAnswer);
}

async function answer(
  engine: Engine,
  ruled: ReadonlySet<LanguageId>,
  data: WorkerData,
  request: WorkerRequest,
): Promise<WorkerAnswer> {
  try {
    if (request.kind === "check") {
      await engine.load(request.language);
      const complaint = engine.complaint(request.language, request.rule.matcher);
      return complaint === undefined ? { kind: "checked" } : { kind: "checked", complaint };
    }
    const language = languageOf(request.path);
    if (language !== undefined && ruled.has(language)) await engine.load(language);
    if (request.kind === "rewrite") {
      return { kind: "rewritten", rewrite: rewriteFile(engine, data.rules.syntax, request.path, request.text) };
    }
    return { kind: "claims", claims: scanFile(engine, data.rules, request.path, request.text) };
  } catch (error) {
    return { kind: "failed", error: errorMessage(error) };
  }
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own detector is the only one who starts this file
if (parentPort !== null) await serve(parentPort, workerData as WorkerData);
