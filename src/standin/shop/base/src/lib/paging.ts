export interface Page {
  readonly limit: number;
  readonly offset: number;
}

const LARGEST_PAGE = 100;

/** Reads `?limit=&offset=`; whatever is not a sensible number becomes the default. */
export function pageOf(query: Record<string, string | undefined>): Page {
  const limit = Math.trunc(Number(query["limit"] ?? "20"));
  const offset = Math.trunc(Number(query["offset"] ?? "0"));
  return {
    limit: limit >= 1 && limit <= LARGEST_PAGE ? limit : 20,
    offset: offset >= 0 ? offset : 0,
  };
}

/** Cuts a list into pieces of at most `size`. */
export function chunk<Item>(items: readonly Item[], size: number): Item[][] {
  const chunks: Item[][] = [];
  for (let start = 0; start < items.length; start += size) chunks.push(items.slice(start, start + size));
  return chunks;
}
