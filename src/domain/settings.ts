import { z } from "zod";

import { AuditSchedule } from "./audit-schedule.ts";
import { FAIL_ON, SEVERITIES } from "./severity.ts";
import { STOP_POLICIES } from "./stop.ts";

const Glob = z.string().min(1).max(300);
/** As people write switches in YAML; quotes are not needed. */
const Switch = z.enum(["on", "off"]);
const PROFILE_DEPTHS = ["skip", "light", "normal", "deep"] as const;

/** The lens of every subtask that nobody gives another one. */
export const DEFAULT_LENS = "correctness";

/** What a lens asks for: looked at by name from `lenses`, or one of the built-in names. */
export const LensText = z.strictObject({
  name: z.string().regex(/^[a-z0-9-]{1,40}$/),
  lookFor: z.string().max(4_000),
  doNotFlag: z.string().max(4_000).default(""),
});
export type LensText = z.infer<typeof LensText>;

/**
 * `.github/parallel-review.yml`, read from the default branch only (command line: from the base ref).
 * Every key is optional; the defaults are what a repository without the file gets.
 */
export const Settings = z.strictObject({
  paths: z.strictObject({ include: z.array(Glob).default(["**"]), exclude: z.array(Glob).default([]) }).prefault({}),
  /** First match wins; paths without a match are `normal`, or what the risk rules say. */
  profiles: z
    .array(
      z.strictObject({
        paths: z.array(Glob).min(1),
        depth: z.enum(PROFILE_DEPTHS),
        lenses: z.array(z.string()).optional(),
      }),
    )
    .default([]),
  /** Given to every subagent as guidance of the repository. */
  instructions: z.string().max(20_000).default(""),
  lenses: z.array(LensText).default([]),
  /** What a review by a model does beside one look at every file. The rules engine has none of it. */
  quality: z
    .strictObject({
      /** The lenses of every group that no profile gives its own and that is not read in depth; one subtask for each. */
      lenses: z.array(z.string()).min(1).default([DEFAULT_LENS]),
      /** Independent subtasks with different lenses for each group that is read in depth; 1 takes `lenses` as everywhere. */
      finders: z.int().min(1).max(6).default(3),
      /** After the finders of a group, one subtask that knows what they found and looks for what all of them missed. */
      gapPass: Switch.default("on"),
      /** One subtask for the changed exported interfaces and the unchanged code that uses them. */
      contractPass: Switch.default("on"),
      /** A fresh subagent for each finding, which sees the claim and the code and confirms or refutes it. */
      verify: Switch.default("on"),
      /** Findings below this are left unverified. */
      verifyMinimumSeverity: z.enum(SEVERITIES).default("low"),
      /** The model that verifies; by default the one that reviews. */
      verifierModel: z.string().min(1).max(100).optional(),
    })
    .prefault({}),
  rules: z
    .strictObject({
      /** Folders with ast-grep rules of the repository. */
      directories: z.array(z.string().min(1)).default([]),
      /** Built-in or own rule ids that are switched off. */
      disable: z.array(z.string()).default([]),
    })
    .prefault({}),
  caps: z
    .strictObject({
      inlineComments: z.int().min(0).max(50).default(25),
      /** Low-severity findings beyond this number are only counted and listed in findings.json. */
      nits: z.int().min(0).max(50).default(5),
      files: z.int().min(1).max(3_000).default(3_000),
    })
    .prefault({}),
  /** US dollars per million tokens, for models whose id begins with `model`: in place of the prices that we know. */
  prices: z
    .array(
      z.strictObject({
        model: z.string().min(1).max(100),
        input: z.number().nonnegative(),
        output: z.number().nonnegative(),
        cacheWrite: z.number().nonnegative().optional(),
        cacheRead: z.number().nonnegative().optional(),
      }),
    )
    .default([]),
  budgetUsd: z.number().positive().max(1_000).default(5),
  failOn: z.enum(FAIL_ON).default("never"),
  /** What becomes of the findings of a run that is stopped; without it, who stopped it decides (see `publishesOnStop`). */
  onStop: z.enum(STOP_POLICIES).optional(),
  minimumSeverity: z.enum(SEVERITIES).default("low"),
  /** Audits by the clock. The App carries them out; a workflow has its own `schedule`. */
  schedules: z.array(AuditSchedule).max(20).default([]),
});
export type Settings = z.infer<typeof Settings>;

export const DEFAULT_SETTINGS: Settings = Settings.parse({});
