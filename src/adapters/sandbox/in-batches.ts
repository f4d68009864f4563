/** Maps the items in their order, `size` at a time. @throws the signal's reason on abort, and whatever `work` throws first. */
export async function inBatches<Item, Result>(
  items: readonly Item[],
  size: number,
  signal: AbortSignal,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (let start = 0; start < items.length; start += size) {
    signal.throwIfAborted();
    results.push(...(await Promise.all(items.slice(start, start + size).map(work))));
  }
  return results;
}
