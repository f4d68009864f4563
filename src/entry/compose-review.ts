import { availableParallelism } from "node:os";
import { setTimeout as wait } from "node:timers/promises";

import { claudeModel } from "../adapters/claude/claude-model.ts";
import { loadSdk } from "../adapters/claude/sdk.ts";
import { budgetOf } from "../domain/budget-of.ts";
import { type Settings, DEFAULT_SETTINGS } from "../domain/settings.ts";
import type { FailOn } from "../domain/severity.ts";
import { type Precedent, type PreparedReview, prepareReview, type ReviewRequest } from "../flow/prepare-review.ts";
import type { ReviewParts } from "../flow/run-review.ts";
import { gatedModel } from "../flow/scheduler/gated-model.ts";
import type { ChangeSource } from "../ports/change-source.ts";
import type { Journal } from "../ports/journal.ts";
import type { Model } from "../ports/model.ts";
import type { ReviewPublisher } from "../ports/review-publisher.ts";
import type { Snapshot } from "../ports/snapshot.ts";
import type { BundleLayout } from "./bundle-layout.ts";
import { earlyDetector, type EarlyDetector } from "./early-detector.ts";
import type { ClaudeAccess } from "./engine-choice.ts";
import { parseSettings } from "./settings-file.ts";
import { SYSTEM_CLOCK } from "./system-clock.ts";

/** Silence in a stream after which a turn is given up: a model that thinks sends nothing for up to a minute or two. */
const IDLE_TIMEOUT_MS = 180_000;

/** Loading keeps this thread busy: first the questions go out. */
const ASKING_MS = 10;

export const SETTINGS_PATH = ".github/parallel-review.yml";

/** What one review is wired from; the doors fill it in from their arguments. */
export type ReviewOrder = {
  readonly source: ChangeSource;
  readonly publisher: ReviewPublisher | undefined;
  readonly journal: Journal;
  /** Undefined: the rules engine. */
  readonly claude: ClaudeAccess | undefined;
  readonly concurrency: number;
  /** What was decided and found before on the same pull request; absent where there is none. */
  readonly readPrecedent?: ((signal: AbortSignal) => Promise<Precedent>) | undefined;
  readonly paths?: string | undefined;
  readonly lenses?: readonly string[] | undefined;
  /** Overrides the settings' model for verifying findings. */
  readonly verifierModel?: string | undefined;
  /** Overrides the settings' budget. */
  readonly budgetUsd: number | undefined;
  /** No budget is above it. */
  readonly mostUsd?: number | undefined;
  readonly failOn: FailOn | undefined;
  readonly settingsPath: string;
  readonly layout: BundleLayout;
};

/** Builds every adapter of a review once. */
export function composeReview(order: ReviewOrder): ReviewParts {
  const { claude, journal } = order;
  const rules = earlyDetector(order.layout);
  return {
    async prepare(signal) {
      const [prepared] = await Promise.all([prepare(order, signal), startMeanwhile(order, rules, signal)]);
      return prepared;
    },
    detectorFor: (prepared, signal) => rules.take(prepared, signal),
    claudeFor:
      claude === undefined
        ? undefined
        : (prepared, purseFor) => ({
            model: modelOf(claude, order.concurrency),
            modelId: claude.modelId,
            verifierModelId: order.verifierModel ?? prepared.settings.quality.verifierModel,
            effort: claude.effort,
            isRegional: claude.isRegional,
            purse: purseFor(budgetOf(order, prepared.settings)),
          }),
    publisher: order.publisher,
    journal,
    clock: SYSTEM_CLOCK,
    failOn: order.failOn,
  };
}

/** Starts what the run will take after the change, which is being asked for: the rules engine, and under claude its SDK. */
async function startMeanwhile({ claude }: ReviewOrder, rules: EarlyDetector, signal: AbortSignal): Promise<void> {
  await wait(ASKING_MS);
  // Under claude what is needed first is an answer, and most files get theirs without the engine.
  rules.start(claude === undefined ? availableParallelism() : 1, signal);
  // Where it cannot be loaded, the first call says so.
  if (claude !== undefined) await loadSdk().catch(() => undefined);
}

/** Claude as a run asks it: patiently, and with the shared prefix warmed once. One for each run. */
export function modelOf({ connection, ledgers }: ClaudeAccess, concurrency: number): Model {
  const claude = claudeModel({ ...connection, idleTimeoutMs: IDLE_TIMEOUT_MS });
  return gatedModel(claude, {
    clock: SYSTEM_CLOCK,
    random: Math.random,
    concurrency,
    ...(ledgers === undefined ? {} : { ledgers }),
  });
}

/** Loads and plans, as a review does before it starts. */
export function prepare(order: ReviewOrder, signal: AbortSignal): Promise<PreparedReview> {
  const request: ReviewRequest = {
    engine: order.claude === undefined ? "rules" : "claude",
    concurrency: order.concurrency,
    paths: order.paths,
    lenses: order.lenses,
  };
  const readSettings = (guidance: Snapshot): Promise<Settings> => settingsIn(guidance, order.settingsPath, signal);
  return prepareReview({ source: order.source, readSettings, readPrecedent: order.readPrecedent }, request, signal);
}

/** The settings of that tree; the defaults where it has no such file. */
export async function settingsIn(guidance: Snapshot, path: string, signal: AbortSignal): Promise<Settings> {
  const content = await guidance.read(path, signal);
  return content.kind === "text" ? parseSettings(path, content.text) : DEFAULT_SETTINGS;
}
