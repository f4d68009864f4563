import { verify } from "@octokit/webhooks-methods";

/**
 * Whether one of the secrets signed exactly these bytes (`X-Hub-Signature-256`). Compared in constant time; there are two secrets while
 * one takes the other's place.
 */
export async function isSigned(body: Uint8Array, signature: string, secrets: readonly string[]): Promise<boolean> {
  const text = decode(body);
  if (text === undefined || text === "") return false;
  const matches = await Promise.all(secrets.map((secret) => verify(secret, text, signature)));
  return matches.includes(true);
}

/** The text that stands for these bytes and no others; undefined when they are not UTF-8. */
function decode(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
}
