import type { Lens } from "../../domain/lens.ts";
import { GENERAL_DO_NOT_FLAG } from "./general.ts";

export const SECURITY: Lens = {
  name: "security",
  lookFor: `- untrusted input that reaches SQL, a shell, HTML, a template, a file path, a URL the server fetches, a regular expression, a deserialiser or an evaluator: follow it from where it arrives to where it acts
- authentication or authorisation that is missing, checked too late, or checked on the wrong object (an id of somebody else's record)
- data of one user or tenant shown to or changed by another
- secrets, tokens or personal data in code, logs, errors, URLs or responses
- weak or misused cryptography: fixed keys or salts, predictable randomness, comparison that leaks, verification switched off
- races that bypass a check or a limit; input without a bound that exhausts memory, time or money
- cookies, redirects, CORS and headers that open what was closed
- invisible or bidirectional characters that make code read differently from what runs; workflows that run a stranger's code with secrets`,
  doNotFlag: `${GENERAL_DO_NOT_FLAG}
- an attack without a way for attacker-controlled input to get there
- denial of service by somebody who could do worse already`,
};
