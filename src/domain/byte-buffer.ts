/** Bytes collected piece by piece, kept up to a limit and counted beyond it. */
export type ByteBuffer = {
  /** All bytes appended since the last `clear`, kept or not. */
  readonly total: number;
  append(piece: Uint8Array): void;
  /** The bytes kept: a view that the next `append` or `clear` may overwrite. */
  bytes(): Uint8Array;
  clear(): void;
};

export function byteBuffer(limit: number): ByteBuffer {
  let store = new Uint8Array(4_096);
  let kept = 0;
  let total = 0;
  return {
    get total() {
      return total;
    },
    append(piece) {
      const taken = piece.subarray(0, Math.max(0, limit - kept));
      if (kept + taken.length > store.length) {
        const larger = new Uint8Array(Math.max(store.length * 2, kept + taken.length));
        larger.set(store.subarray(0, kept));
        store = larger;
      }
      store.set(taken, kept);
      kept += taken.length;
      total += piece.length;
    },
    bytes: () => store.subarray(0, kept),
    clear() {
      kept = 0;
      total = 0;
    },
  };
}
