/** What `#12` in Markdown may lead to. */
export interface ReferenceContext {
  /** `owner/name`. */
  readonly repository: string;
  /** Whether there is a pull request of that number. */
  readonly knows: (number: number) => boolean;
}

const REFERENCE =
  /(^|[\s([{,.;:!?'"—-])(?:#(\d{1,9})\b|@([a-zA-Z0-9][a-zA-Z0-9-]{0,38}(?:\[bot\])?)(?![\w.@/-])|\b([0-9a-f]{40})\b)/g;

/**
 * Links `#12`, sets `@login` off and shortens a full commit id, as GitHub does.
 * @param escaped text as HTML, without tags; so is the result, with tags.
 */
export function linkReferences(escaped: string, { repository, knows }: ReferenceContext): string {
  return escaped.replaceAll(
    REFERENCE,
    (whole: string, before: string, number?: string, login?: string, sha?: string) => {
      if (login !== undefined) return `${before}<b class="mention">@${login}</b>`;
      if (sha !== undefined) return `${before}<code title="${sha}">${sha.slice(0, 7)}</code>`;
      if (number === undefined || !knows(Number(number))) return whole;
      return `${before}<a href="/${repository}/pull/${number}">#${number}</a>`;
    },
  );
}
