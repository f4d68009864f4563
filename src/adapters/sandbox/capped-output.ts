/** Bytes that are kept: as many from the beginning as from the end. */
const KEPT = 64 * 1024;

/** Collects the output of a program that may print without end: its first and its last part. */
export class CappedOutput {
  readonly #head: Buffer[] = [];
  #headBytes = 0;
  #tail: Buffer[] = [];
  #tailBytes = 0;
  /** All bytes that came. */
  bytes = 0;

  add(chunk: Buffer): void {
    this.bytes += chunk.length;
    const room = KEPT / 2 - this.#headBytes;
    const first = chunk.subarray(0, room);
    if (first.length > 0) this.#head.push(first);
    this.#headBytes += first.length;
    const rest = chunk.subarray(first.length);
    if (rest.length === 0) return;
    this.#tail.push(rest);
    this.#tailBytes += rest.length;
    if (this.#tailBytes > KEPT * 2) this.#cutTail();
  }

  text(): string {
    this.#cutTail();
    const dropped = this.bytes - this.#headBytes - this.#tailBytes;
    const mark = dropped === 0 ? [] : [Buffer.from(`\n[... ${dropped} bytes left out ...]\n`)];
    return Buffer.concat([...this.#head, ...mark, ...this.#tail]).toString("utf8");
  }

  #cutTail(): void {
    const tail = Buffer.concat(this.#tail).subarray(-KEPT / 2);
    // A copy, so that the large buffers behind it can go.
    this.#tail = tail.length === 0 ? [] : [Buffer.from(tail)];
    this.#tailBytes = tail.length;
  }
}
