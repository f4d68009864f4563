export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The records of an array; a string counts as one text block, anything else as none. */
export function records(value: unknown): readonly Record<string, unknown>[] {
  if (typeof value === "string") return [{ type: "text", text: value }];
  return Array.isArray(value) ? value.filter(isRecord) : [];
}
