/** Shorter literals are in nearly every file: not worth a search of their own. */
const MIN_LENGTH = 2;
/** Alternatives beyond this cost more searches than they save. */
const MAX_ALTERNATIVES = 8;

const ESCAPE = /^\\(?:[pP](?:\{[^}]*\}|.)|x(?:\{[^}]*\}|..)|[0-7]{1,3}|.)/su;
const REPEAT = /^(?:[*+?]|\{(\d+)(?:,\d*)?\})/;

/**
 * Texts of which at least one stands, exactly so, in everything that the RE2 pattern matches, so that files without any of them need
 * not be read; undefined when no such texts can be told. Case-sensitive patterns only. Says nothing rather than too much.
 */
export function requiredLiterals(pattern: string): string[] | undefined {
  if (/\(\?[a-zA-Z^-]*i|\\[QE]/.test(pattern)) return undefined;
  const alternatives: string[] = [];
  let best = "";
  let run: string[] = [];
  let depth = 0;

  function endRun(): void {
    const text = run.join("");
    if (text.length > best.length) best = text;
    run = [];
  }

  for (let index = 0; index < pattern.length;) {
    const rest = pattern.slice(index);
    const escape = ESCAPE.exec(rest)?.[0];
    const repeat = REPEAT.exec(rest);
    const character = String.fromCodePoint(rest.codePointAt(0) ?? 0);
    index += escape?.length ?? repeat?.[0].length ?? (character === "[" ? classLength(rest) : character.length);
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (depth > 0 || character === ")") {
      endRun();
    } else if (repeat !== null) {
      // What is repeated may be absent, and what follows it does not stand next to what was before.
      if (character === "*" || character === "?" || repeat[1] === "0") run.pop();
      endRun();
    } else if (character === "|") {
      endRun();
      alternatives.push(best);
      best = "";
    } else if (escape === undefined ? /[.^$[\n]/.test(character) : /^\\[A-Za-z0-9]/.test(escape)) {
      endRun();
    } else {
      run.push(escape === undefined ? character : escape.slice(1));
    }
  }
  endRun();
  alternatives.push(best);
  const enough = alternatives.every((text) => text.length >= MIN_LENGTH && text.isWellFormed());
  return enough && alternatives.length <= MAX_ALTERNATIVES ? [...new Set(alternatives)] : undefined;
}

/** Length of the character class that `text` starts with; of all of it when the class is not closed. */
function classLength(text: string): number {
  let index = /^\[\^?\]?/.exec(text)?.[0].length ?? 1;
  while (index < text.length && text[index] !== "]") {
    const named = /^\[:\^?[a-z]+:\]/.exec(text.slice(index))?.[0];
    index += named?.length ?? (text[index] === "\\" ? 2 : 1);
  }
  return index + 1;
}
