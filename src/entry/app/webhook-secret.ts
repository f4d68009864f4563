/** A guess of this many characters, most of them different, is out of reach; GitHub's own are 40 hex digits. */
const MIN_LENGTH = 32;
const MIN_DIFFERENT = 10;
/** What examples and libraries put there: probot takes `development` where there is none. */
const PUBLIC = /^(?:development|secret|changeme|your-?webhook-?secret|test|password|webhook-?secret)$/i;

const MEND = 'make one with "openssl rand -hex 32" and set it here and on the App\'s page on GitHub (Webhook secret)';

/** Why nobody should rely on this secret, and how to mend it; undefined for a good one. */
export function webhookSecretProblem(name: string, secret: string): string | undefined {
  if (secret === "") return `${name} is not set, so anybody could send us events: ${MEND}`;
  if (PUBLIC.test(secret)) return `${name} is a value that everybody knows: ${MEND}`;
  if (secret.length < MIN_LENGTH) {
    return `${name} is too weak (${secret.length} characters, at least ${MIN_LENGTH} are needed): ${MEND}`;
  }
  if (new Set(secret).size < MIN_DIFFERENT) return `${name} is too weak (it repeats few characters): ${MEND}`;
  return undefined;
}
