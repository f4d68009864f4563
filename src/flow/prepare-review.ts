import type { ChangeSet } from "../domain/change-set.ts";
import { cutLongHunks } from "../domain/cut-hunks.ts";
import { ConfigurationError } from "../domain/errors.ts";
import type { Lens } from "../domain/lens.ts";
import { planReview } from "../domain/plan-review.ts";
import type { Plan } from "../domain/plan.ts";
import type { PostedFinding } from "../domain/posted-finding.ts";
import type { RepoPath } from "../domain/repo-path.ts";
import type { FindingRecord, Ignored } from "../domain/review-record.ts";
import type { Settings } from "../domain/settings.ts";
import type { ChangeSource } from "../ports/change-source.ts";
import type { Snapshot } from "../ports/snapshot.ts";
import type { Guidance } from "../subagent/brief.ts";
import { lensNamed, lensNames } from "../subagent/lens-named.ts";
import { loadGuidance } from "./load-guidance.ts";
import { loadLenses } from "./load-lenses.ts";
import { readTexts } from "./read-texts.ts";

/** How one review was asked for; what is undefined is decided by the settings. */
export type ReviewRequest = {
  readonly engine: "claude" | "rules";
  readonly concurrency: number;
  readonly paths: string | undefined;
  readonly lenses: readonly string[] | undefined;
};

/** What was decided and found before on the same pull request. */
export type Precedent = {
  /** By fingerprint. */
  readonly ignored: ReadonlyMap<string, Ignored>;
  /** What has a comment on lines of the diff. */
  readonly posted: readonly PostedFinding[];
  /** What the reviews of the head that was reviewed last had found. */
  readonly last: readonly FindingRecord[];
  /** An earlier review of the same head that this one completes; absent when this one stands alone. */
  readonly completes?: {
    /** The paths that it did not read, or not in full: nothing else is read. */
    readonly missing: ReadonlySet<RepoPath>;
    /** They count as this review's own where it is judged, and its numbers begin behind theirs. */
    readonly findings: readonly FindingRecord[];
  };
};

const COMPLETES = "This completes the review before of the same head: it reads what that one could not.";
const READ_BEFORE = "Read by the review before, which this one completes.";
/** Nothing was decided or found before, as far as is known. */
export const NO_PRECEDENT: Precedent = { ignored: new Map(), posted: [], last: [] };

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
  /** The repository's own: of its settings, its lens files and its subagent files. */
  readonly lenses: readonly Lens[];
  readonly plan: Plan;
  /** Sentences for the report: what was left out or cut. */
  readonly notes: readonly string[];
  readonly precedent: Precedent;
};

/** Loads the change, reads settings and guidance, and makes the plan. Spends nothing. */
export async function prepareReview(
  parts: {
    readonly source: ChangeSource;
    readonly readSettings: ReadSettings;
    /** Absent where nothing came before. */
    readonly readPrecedent?: ((signal: AbortSignal) => Promise<Precedent>) | undefined;
  },
  request: ReviewRequest,
  signal: AbortSignal,
): Promise<PreparedReview> {
  const [loaded, precedent = NO_PRECEDENT] = await Promise.all([
    parts.source.load(signal),
    parts.readPrecedent?.(signal),
  ]);
  const { changeSet, head, guidance: base } = loaded;
  const settings = narrowed(await parts.readSettings(base, signal), request);
  const present = changeSet.files.filter((file) => file.status !== "removed" && file.kind === "file" && !file.binary);
  const paths = present.map((file) => file.path);
  const [headTexts, { guidance, cut }, { lenses, notesOf }] = await Promise.all([
    readTexts(head, paths, signal),
    loadGuidance(base, paths, signal),
    loadLenses(base, settings.lenses, signal),
  ]);
  requireLenses(request, settings, lenses);
  const plannedChange = cutLongHunks(changeSet);
  const { completes } = precedent;
  const plan = planReview({
    changeSet: plannedChange,
    settings,
    headText: (path) => headTexts.get(path),
    engine: request.engine,
    requestedLenses: request.lenses,
    lenses,
    ...(completes === undefined ? {} : { only: { paths: completes.missing, why: READ_BEFORE } }),
  });
  const used = new Set(request.engine === "rules" ? [] : plan.subtasks.map(({ lens }) => lens));
  const lensNotes = [...notesOf].flatMap(([name, notesOfLens]) => (used.has(name) ? notesOfLens : []));
  const shortened = cut.map(
    (path) => `${path} is longer than the brief allows; its end was not given to the reviewers.`,
  );
  const goesOn = completes === undefined ? [] : [COMPLETES];
  const notes = [...goesOn, ...(loaded.notes ?? []), ...shortened, ...lensNotes];
  return {
    request,
    changeSet,
    plannedChange,
    settings,
    head,
    base,
    headTexts,
    guidance,
    lenses,
    plan,
    notes,
    precedent,
  };
}

function narrowed(settings: Settings, request: ReviewRequest): Settings {
  return request.paths === undefined
    ? settings
    : { ...settings, paths: { ...settings.paths, include: [request.paths] } };
}

/** @throws {ConfigurationError} for a lens that nobody has, with the names there are. */
function requireLenses(request: ReviewRequest, settings: Settings, own: readonly Lens[]): void {
  const asked = [
    ...(request.lenses ?? []).map((name) => ({ name, where: "--lens" })),
    ...settings.quality.lenses.map((name) => ({ name, where: "quality.lenses of the settings" })),
    ...settings.profiles.flatMap(({ lenses = [] }) =>
      lenses.map((name) => ({ name, where: "profiles of the settings" })),
    ),
  ];
  const unknown = asked.find(({ name }) => lensNamed(name, own) === undefined);
  if (unknown === undefined) return;
  throw new ConfigurationError(
    `${unknown.where}: there is no lens ${JSON.stringify(unknown.name)}; there are: ${lensNames(own).join(", ")}`,
  );
}
