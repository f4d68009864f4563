/**
 * Maps the items in their order, `size` at a time. When it throws, nothing that it started is still going on.
 * @throws the signal's reason on abort, and what `work` throws for the first item that fails.
 */
export async function inBatches<Item, Result>(
  items: readonly Item[],
  size: number,
  signal: AbortSignal,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += size) {
    signal.throwIfAborted();
    for (const settled of await Promise.allSettled(items.slice(start, start + size).map(work))) {
      if (settled.status === "rejected") throw settled.reason;
      results.push(settled.value);
    }
  }
  return results;
}
