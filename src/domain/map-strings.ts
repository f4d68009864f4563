/**
 * A copy of plain data (objects, arrays, strings, numbers, booleans, null) in which every string value has passed `change`. Keys stay.
 * Texts are cleaned this way before they become JSON: cleaning the JSON itself can eat a quotation mark and with it the file.
 */
export function mapStrings<T>(value: T, change: (text: string) => string): T {
  return mapped(value, change) as T; // oxlint-disable-line typescript/no-unsafe-type-assertion -- same shape, only the strings differ
}

function mapped(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item) => mapped(item, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapped(item, change)]));
}
