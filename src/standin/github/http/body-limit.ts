import { validationFailed } from "./answer.ts";
import type { RequestBody } from "./request-body.ts";

/** Characters of a comment, review, issue or pull request body. GitHub names the number in its 422. */
const LONGEST_BODY = 65_536;

/** A body text that has to be there. @throws Refusal 422 if it is blank or too long. */
export function requireText(body: RequestBody, field: string, resource: string): string {
  const text = body.text(field);
  if (text.trim() === "")
    throw validationFailed({ resource, field: "data", code: "unprocessable", message: "Body cannot be blank" });
  checkLength(text, resource);
  return text;
}

/** @throws Refusal 422 */
export function checkLength(text: string, resource: string): void {
  if ([...text].length <= LONGEST_BODY) return;
  const message = `Body is too long (maximum is ${String(LONGEST_BODY)} characters)`;
  throw validationFailed({ resource, field: "data", code: "unprocessable", message });
}
