/** Where the lines of a text are. Line numbers are 1-based; a line ends before its `\n` or `\r\n`. */
export class LineTable {
  readonly #text: string;
  readonly #starts: number[] = [0];

  constructor(text: string) {
    this.#text = text;
    for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) this.#starts.push(at + 1);
  }

  /** The line that the code unit at `index` is on. */
  lineAt(index: number): number {
    let [low, high] = [0, this.#starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#starts[middle] ?? 0) <= index) low = middle;
      else high = middle - 1;
    }
    return low + 1;
  }

  startOf(line: number): number {
    return this.#starts[line - 1] ?? this.#text.length;
  }

  /** Index after the last code unit of the line, its line break not counted. */
  endOf(line: number): number {
    const next = this.#starts[line];
    if (next === undefined) return this.#text.length;
    return this.#text[next - 2] === "\r" ? next - 2 : next - 1;
  }

  text(line: number): string {
    return this.#text.slice(this.startOf(line), this.endOf(line));
  }

  /** The lines as they stand, cut after the last line that fits into `limit`; a first line that is too long is cut itself. */
  quote(startLine: number, endLine: number, limit: number): { readonly endLine: number; readonly quote: string } {
    const start = this.startOf(startLine);
    let last = endLine;
    if (this.endOf(last) - start > limit) last = Math.max(startLine, this.lineAt(start + limit) - 1);
    return { endLine: last, quote: this.#text.slice(start, Math.min(this.endOf(last), start + limit)) };
  }
}
