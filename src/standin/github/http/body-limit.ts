import { unprocessable, validationFailed, type Refusal } from "./answer.ts";
import type { RequestBody } from "./request-body.ts";

/** Characters of a comment, review, issue or pull request body. GitHub names the number in its 422. */
const LONGEST_BODY = 65_536;

/** Words a refusal the way the endpoint's family does. */
type Wording = (message: string) => Refusal;

/** Reviews answer with sentences. */
export const inSentences: Wording = (message) => unprocessable(message);

/** Everything else answers with field errors. */
export function inFields(resource: string): Wording {
  return (message) => validationFailed({ resource, field: "data", code: "unprocessable", message });
}

/** The `body` of a request, which has to be there. @throws Refusal 422 if it is blank or too long. */
export function requireText(body: RequestBody, refuse: Wording): string {
  const text = body.text("body");
  if (text.trim() === "") throw refuse("Body cannot be blank");
  checkLength(text, refuse);
  return text;
}

/** @throws Refusal 422 */
export function checkLength(text: string, refuse: Wording): void {
  if (Array.from(text).length > LONGEST_BODY)
    throw refuse(`Body is too long (maximum is ${String(LONGEST_BODY)} characters)`);
}
