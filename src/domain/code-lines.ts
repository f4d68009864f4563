import { withoutSpace } from "./fingerprint.ts";

/** A file's lines without white space, with an index of equal ones. */
export class CodeLines {
  readonly #lines: readonly string[];
  readonly #places = new Map<string, number[]>();

  constructor(text: string) {
    this.#lines = text.split("\n").map(withoutSpace);
    for (const [index, line] of this.#lines.entries()) {
      const places = this.#places.get(line);
      if (places) places.push(index);
      else this.#places.set(line, [index]);
    }
  }

  /** The lines (1-based, inclusive) without white space; undefined when the file ends before them. */
  between(startLine: number, endLine: number): string | undefined {
    return startLine > this.#lines.length ? undefined : this.#lines.slice(startLine - 1, endLine).join("\n");
  }

  /** How many times the same code stands above these lines. */
  occurrenceOf(startLine: number, endLine: number): number {
    const block = this.#lines.slice(startLine - 1, endLine);
    const same = (this.#places.get(block[0] ?? "") ?? []).filter(
      (index) => index < startLine - 1 && block.every((line, offset) => this.#lines[index + offset] === line),
    );
    return same.length;
  }
}
