import type { ChangeSet } from "../domain/change-set.ts";
import { cutLongHunks } from "../domain/cut-hunks.ts";
import { planReview } from "../domain/plan-review.ts";
import type { Plan } from "../domain/plan.ts";
import type { RepoPath } from "../domain/repo-path.ts";
import type { Settings } from "../domain/settings.ts";
import type { ChangeSource } from "../ports/change-source.ts";
import type { Snapshot } from "../ports/snapshot.ts";
import type { Guidance } from "../subagent/brief.ts";
import { loadGuidance } from "./load-guidance.ts";
import { readTexts } from "./read-texts.ts";

/** How one review was asked for; what is undefined is decided by the settings. */
export type ReviewRequest = {
  readonly engine: "claude" | "rules";
  readonly concurrency: number;
  readonly paths: string | undefined;
  readonly lenses: readonly string[] | undefined;
};

/** Reads the repository's settings from the tree they may be read from. Throws a ConfigurationError for a broken file. */
export type ReadSettings = (guidance: Snapshot, signal: AbortSignal) => Promise<Settings>;

/** Everything that is decided before the first subagent starts. */
export type PreparedReview = {
  readonly request: ReviewRequest;
  readonly changeSet: ChangeSet;
  /** The same change with its longest hunks cut; what the plan's hunk indexes count in. */
  readonly plannedChange: ChangeSet;
  readonly settings: Settings;
  readonly head: Snapshot;
  /** The tree that settings, guidance and rule folders come from. */
  readonly base: Snapshot;
  readonly headTexts: ReadonlyMap<RepoPath, string>;
  readonly guidance: readonly Guidance[];
  readonly plan: Plan;
  /** Sentences for the report: what was left out or cut. */
  readonly notes: readonly string[];
};

/** Loads the change, reads settings and guidance, and makes the plan. Spends nothing. */
export async function prepareReview(
  parts: { readonly source: ChangeSource; readonly readSettings: ReadSettings },
  request: ReviewRequest,
  signal: AbortSignal,
): Promise<PreparedReview> {
  const loaded = await parts.source.load(signal);
  const { changeSet, head, guidance: base } = loaded;
  const settings = narrowed(await parts.readSettings(base, signal), request);
  const present = changeSet.files.filter((file) => file.status !== "removed" && file.kind === "file" && !file.binary);
  const paths = present.map((file) => file.path);
  const [headTexts, { guidance, cut }] = await Promise.all([
    readTexts(head, paths, signal),
    loadGuidance(base, paths, signal),
  ]);
  const plannedChange = cutLongHunks(changeSet);
  const plan = planReview({
    changeSet: plannedChange,
    settings,
    headText: (path) => headTexts.get(path),
    engine: request.engine,
  });
  const shortened = cut.map(
    (path) => `${path} is longer than the brief allows; its end was not given to the reviewers.`,
  );
  const notes = [...(loaded.notes ?? []), ...shortened];
  return { request, changeSet, plannedChange, settings, head, base, headTexts, guidance, plan, notes };
}

function narrowed(settings: Settings, request: ReviewRequest): Settings {
  return request.paths === undefined
    ? settings
    : { ...settings, paths: { ...settings.paths, include: [request.paths] } };
}
