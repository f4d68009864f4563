import { promisify } from "node:util";
import { gzip } from "node:zlib";

import { z } from "zod";

import type { Sha } from "../../domain/change-set.ts";
import { ConfigurationError } from "../../domain/errors.ts";
import type { GitHub } from "./octokit.ts";
import { errorOf } from "./translate-error.ts";

/** GitHub takes no larger uploads (docs, "SARIF support for code scanning": 10 MB compressed). */
const MAX_COMPRESSED_BYTES = 10_000_000;

const Accepted = z.object({ id: z.string().optional() });
const compress = promisify(gzip);

/**
 * Hands a SARIF log to code scanning, where only people with write access read it.
 * @throws {ConfigurationError} code scanning is off, or the token may not write to it; the text says how to mend it.
 * @throws {ExternalError} GitHub is not answering.
 */
export async function uploadSarif(
  github: GitHub,
  upload: { readonly sarif: string; readonly commit: Sha; readonly branch: string },
  signal: AbortSignal,
): Promise<void> {
  const compressed = await compress(upload.sarif);
  if (compressed.length > MAX_COMPRESSED_BYTES) {
    throw new ConfigurationError("the findings are more than code scanning takes at once; narrow the audit by files");
  }
  const parameters = {
    commit_sha: upload.commit,
    ref: `refs/heads/${upload.branch}`,
    sarif: compressed.toString("base64"),
  };
  const route = "POST /repos/{owner}/{repo}/code-scanning/sarifs";
  const answer = await github.send({ route, parameters }, Accepted, signal);
  if (answer.ok) return;
  const { failure } = answer;
  if (/advanced security|code security|code scanning is not enabled/i.test(failure.message)) {
    throw new ConfigurationError(
      "code scanning is off in this repository: Settings → Code security → Code scanning; or choose another publish-to",
    );
  }
  throw errorOf(failure, { what: "hand findings to code scanning", permission: "security-events: write" });
}
