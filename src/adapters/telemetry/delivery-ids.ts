import { createHash } from "node:crypto";

/** The trace and the first span of what a delivery sets off: the same in every process that knows the delivery's id. */
export function deliveryIds(delivery: string): { readonly traceId: string; readonly spanId: string } {
  const digest = createHash("sha256").update(`parallel-review/delivery/${delivery}`).digest("hex");
  return { traceId: digest.slice(0, 32), spanId: digest.slice(32, 48) };
}
