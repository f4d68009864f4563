import { type EagerDetector, rulesDetector } from "../adapters/rules/detector.ts";
import { loadRules } from "../adapters/rules/load-rules.ts";
import type { Settings } from "../domain/settings.ts";
import type { Snapshot } from "../ports/snapshot.ts";
import type { BundleLayout } from "./bundle-layout.ts";
import { repositoryRules } from "./repository-rules.ts";

/**
 * The rules engine with the built-in rules, started while the change is still being read: its threads and its WebAssembly take as long as
 * GitHub does.
 */
export interface EarlyDetector {
  /** Begins with so many workers; the engine does not keep the process alive until it is taken. */
  start(workers: number, signal: AbortSignal): void;
  /** The engine for these settings, which is another one where they bring rules of their own or switch some off. */
  take(tree: { readonly base: Snapshot; readonly settings: Settings }, signal: AbortSignal): Promise<EagerDetector>;
}

export function earlyDetector(layout: BundleLayout): EarlyDetector {
  const { ruleAssets: assets, rulesWorker: workerUrl } = layout;
  let early: Promise<EagerDetector> | undefined;

  const begin = async (workers: number, signal: AbortSignal): Promise<EagerDetector> => {
    const rules = await loadRules({ assets, repository: [], signal, workerUrl });
    const detector = rulesDetector({ rules, assets, workerUrl });
    detector.warm(workers);
    return detector;
  };
  return {
    start(workers, signal) {
      early ??= begin(workers, signal);
      // Whoever takes it is told; where nobody does, nothing is lost.
      early.catch(() => undefined);
    },
    async take({ base, settings }, signal) {
      const { directories, disable } = settings.rules;
      if (early !== undefined && directories.length === 0 && disable.length === 0) return early;
      await early?.then(
        (detector) => detector[Symbol.asyncDispose](),
        () => undefined,
      );
      return rulesDetector({ rules: await repositoryRules(base, settings, layout, signal), assets, workerUrl });
    },
  };
}
