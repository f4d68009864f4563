/** What stands where a secret was. */
const MASK = "[redacted]";

/** A cut secret is recognised from this many of its characters on (security.md A37). */
const MIN_PART = 12;

/** Shorter values are words; masking them would wreck the text without hiding anything. */
const MIN_SECRET = 6;

/** Shapes of secrets that we were not told about. The `ghs_` form with dots is GitHub's since 2026 (`ghs_APPID_JWT`). */
const SHAPES: readonly RegExp[] = [
  /\bgh[opusr]_[A-Za-z0-9._-]{30,}/g,
  /\bgithub_pat_[A-Za-z0-9_]{40,}/g,
  /\bsk-(?:ant|proj|live|test|svcacct)-[A-Za-z0-9_-]{16,}/g,
  /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/g,
  /\baws_?secret_?(?:access_?)?key\b["'\s:=]{1,6}[A-Za-z0-9/+]{40}\b/gi,
  // Ends at the key's own end or, where that is cut off, at the first character no key has: what stands behind it must stay.
  /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----(?:[^<>{}]{0,8000}?-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----|[\w+/=\s\\:,"'-]*)/g,
  /\bxox[abeoprs]-[A-Za-z0-9-]{10,}/g,
  /\bhooks\.slack\.com\/services\/[A-Za-z0-9/_-]{20,}/g,
  /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}/g,
  /\bglpat-[A-Za-z0-9_-]{20,}/g,
  /\bnpm_[A-Za-z0-9]{36}\b/g,
  /\bAIza[A-Za-z0-9_-]{35}/g,
  /\b[sr]k_(?:live|test)_[A-Za-z0-9]{16,}/g,
];

/**
 * A function that masks the given secrets in any text: whole or in parts of 12 characters and more, reversed, in hex, base64 (at
 * any offset, either alphabet) or percent-encoded, in any case and with any separators in between; and whatever has the
 * shape of a well-known secret. Values shorter than six characters are ignored. Linear in the text; idempotent.
 */
export function redactor(secrets: readonly string[]): (text: string) => string {
  const known = [...new Set(secrets.flatMap((secret) => [secret, secret.trim()]))].filter(
    (secret) => secret.length >= MIN_SECRET,
  );
  const parts = new PartIndex(known.flatMap(spellings));
  const exact = known.toSorted((a, b) => b.length - a.length);
  return (text) => {
    let masked = SHAPES.reduce((rest, shape) => rest.replace(shape, MASK), text);
    for (const secret of exact) masked = masked.replaceAll(secret, MASK);
    return parts.mask(masked);
  };
}

type Spelling = { readonly text: string; readonly window: number };

/** The ways to write a secret down, letters and digits only, and how long a part of each gives it away. */
function spellings(secret: string): readonly Spelling[] {
  const bytes = Buffer.from(secret, "utf8");
  const encoded = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, "0")}`).join("");
  const base64 = [0, 1, 2].map((offset) => bytes.subarray(offset).toString("base64"));
  return [
    { text: secret, window: MIN_PART },
    { text: Array.from(secret).toReversed().join(""), window: MIN_PART },
    { text: encodeURIComponent(secret.toWellFormed()), window: MIN_PART },
    { text: encoded, window: MIN_PART * 2 },
    ...base64.map((text) => ({ text: text.replace(/.{0,3}=+$/, ""), window: (MIN_PART * 4) / 3 })),
  ].map(({ text, window }) => ({ text: lettersOf(text).letters, window }));
}

type Letters = { readonly letters: string; readonly places: readonly number[] };

/** Letters and digits of a text in lower case, and where in the text each of them stands. */
function lettersOf(text: string): Letters {
  const places: number[] = [];
  let letters = "";
  for (let index = 0; index < text.length; index += 1) {
    const char = text[index] ?? "";
    if (!/[A-Za-z0-9]/.test(char)) continue;
    letters += char.toLowerCase();
    places.push(index);
  }
  return { letters, places };
}

/** Windows of every spelling, by their length. */
class PartIndex {
  readonly #windows = new Map<number, Set<string>>();

  constructor(all: readonly Spelling[]) {
    for (const { text, window } of all) {
      const size = Math.min(window, text.length);
      if (size < MIN_SECRET) continue;
      const windows = this.#windows.get(size) ?? new Set();
      for (let at = 0; at + size <= text.length; at += 1) windows.add(text.slice(at, at + size));
      this.#windows.set(size, windows);
    }
  }

  mask(text: string): string {
    if (this.#windows.size === 0) return text;
    const { letters, places } = lettersOf(text);
    const ranges = [...this.#windows].flatMap(([size, windows]) => rangesIn(letters, size, windows));
    let masked = "";
    let end = 0;
    for (const [from, to] of ranges.toSorted(([a], [b]) => a - b)) {
      const start = places[from] ?? 0;
      const stop = (places[to] ?? 0) + 1;
      if (start >= end) masked += `${text.slice(end, start)}${MASK}`;
      end = Math.max(end, stop);
    }
    return masked + text.slice(end);
  }
}

/** Inclusive ranges of letters that known windows cover, overlapping ones joined. */
function rangesIn(letters: string, size: number, windows: ReadonlySet<string>): readonly (readonly [number, number])[] {
  const ranges: [number, number][] = [];
  for (let at = 0; at + size <= letters.length; at += 1) {
    if (!windows.has(letters.slice(at, at + size))) continue;
    const last = ranges.at(-1);
    if (last && last[1] >= at - 1) last[1] = at + size - 1;
    else ranges.push([at, at + size - 1]);
  }
  return ranges;
}
