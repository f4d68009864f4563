import { codeSpan } from "./fence.ts";
import { neutralizeCode } from "./neutralize-code.ts";

/** A path as code, whatever is in its name. */
export function pathText(path: string): string {
  return codeSpan(neutralizeCode(path));
}
