/**
 * Where an honest answer of GitHub breaks GitHub's own description. One list, with the reason for each, so that it cannot grow in silence.
 * The rules that the description does not have at all (a line has to be in the diff, start before end, 65,536 characters, 100 a page at
 * most) are tested against the stand-in by hand, from what users of the real API have reported.
 */
export interface KnownGap {
  readonly operation: RegExp;
  readonly violation: RegExp;
  readonly reason: string;
}

export const KNOWN_GAPS: readonly KnownGap[] = [
  {
    operation: /^pulls\/(?:get|list|create|update)$/,
    violation: /^response(?:\/\d+)?\/head\/repo /,
    reason: "head.repo is null after the fork was deleted; the description does not allow null",
  },
  {
    operation: /^pulls\/.*review-comment/,
    violation: /^response(?:\/\d+)?\/(?:original_)?line must be integer$/,
    reason: "line is null for a comment on a file, and once the line has left the diff; the description says integer",
  },
  {
    operation: /^apps\/list-installations$/,
    violation: /^response\/\d+\/account must /,
    reason: "the account is a user or an enterprise, as in every other answer; the description says it is both at once",
  },
];

/**
 * Refusals any operation may answer, which the description lists for some only: bad credentials, missing permission or rate limit, not
 * found, locked or archived, too many requests, and failures of the service itself.
 */
export function isGeneralRefusal(status: number): boolean {
  return [400, 401, 403, 404, 405, 406, 409, 410, 422, 429, 451].includes(status) || status >= 500;
}
