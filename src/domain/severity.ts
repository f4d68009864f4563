/** Worst first. SARIF spells critical and high `error`, medium `warning`, low `note`. */
export const SEVERITIES = ["critical", "high", "medium", "low"] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Negative when `a` is worse than `b`; usable as a sort comparator. */
export function compareSeverity(a: Severity, b: Severity): number {
  return SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b);
}

/** When a run counts as failed: from the named severity up, on an incomplete run (`incomplete`), or `never`. */
export const FAIL_ON = ["never", "low", "medium", "high", "critical", "incomplete"] as const;
export type FailOn = (typeof FAIL_ON)[number];
