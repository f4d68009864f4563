import { isTestPath } from "../languages.ts";
import { entropy } from "./entropy.ts";
import { NAMED_SECRET, SECRET_KINDS, URL_PASSWORD } from "./secret-kinds.ts";
import type { Spot, TextRule } from "./text-rule.ts";

/** Files where samples, hashes and translations live; only shapes that cannot be anything else are looked for. */
const SAMPLE_PATH =
  /(?:^|[/_-])(?:examples?|samples?|docs?|demos?|mocks?|fixtures?|testdata)\/|(?:^|\/)(?:locales?|i18n|lang|translations?|stubs?|seeds?|snapshots?|vendor|node_modules|quick-?starts?)\/|(?:^|\/)nx\.json$|[._-]dev\.[a-z]+$|(?:^|[/._-])mock(?:s|ed)?\.[a-z]+$|\.(?:md|mdx|rst|adoc|po|example|sample|template|dist|lock|snap|svg|ipynb)$|(?:^|\/)(?:docker-compose|compose)[^/]*\.ya?ml$|(?:^|\/)\.env\.(?:example|sample|template|test)/i;

const PLACEHOLDER =
  /example|sample|placeholder|dummy|fake|changeme|change[-_]me|replace|redacted|your[-_]?|my[-_]?(?:secret|pass|key|token)|insert|todo|fixme|test|demo|default|password|secret|passwd|xxx|\*\*\*|\.\.\.|<[^>]*>|\$\{|\$\(|\{\{|%[sdv(]|^\$|^%|^@|123456|abcdef|qwerty|foobar|lorem|hunter2|process\.env|environ|getenv|undefined|null|none/i;
/** What a literal next to such a name usually is when it is not a credential: a name, a path, a sentence, a type. */
const ORDINARY =
  /^(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|phc_\w+|[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:\/[\w.-]+)+|[a-z]+(?:[-_./:][a-z]+)*|[A-Z]+(?:[-_./:][A-Z]+)*|[A-Za-z]+|[a-z]+(?:[A-Z][a-z]+)+\d?|(?:[A-Z][a-z]+)+|[\w-]+(?:\.[\w-]+){2,}|\/.*|https?:.*|[\w.]+\(.*|.*\[.*|#.*|--?[a-z].*|[\w$]+\.[\w$]+)$/;
/** Names that hold where a secret is found or what is known about it, not the secret. */
const NOT_THE_SECRET =
  /(?:name|field|label|header|param|prefix|suffix|path|file|url|uri|id|type|hint|regex|pattern|placeholder|title|text|message|error|reset|forgot|confirm|policy|hash(?:ed)?|public)[_.-]?(?:key|s)?$|^(?:aria|data)-|public|i18n|(?:forgot|reset|invalid|missing|wrong|change|update|create|delete|enter|confirm|show|hide|no)[_.-]?(?:passw|secret|api|token|access|credential)/i;
const LEAST_ENTROPY = 3.2;
const ALLOWED = /gitleaks:allow|pragma: allowlist secret|nosec/;

function find(path: string, text: string): readonly Spot[] {
  const lower = text.toLowerCase();
  const sample = isTestPath(path) || SAMPLE_PATH.test(path);
  return [...shaped(text, lower, sample), ...(sample ? [] : named(text, lower))]
    .filter(({ start }) => !ALLOWED.test(lineAround(text, start)))
    .map((found) => (sample ? { ...found, severity: "medium" as const } : found))
    .toSorted((a, b) => a.start - b.start);
}

function shaped(text: string, lower: string, sample: boolean): Spot[] {
  return SECRET_KINDS.filter(
    (kind) => !(sample && kind.ordinaryInSamples) && kind.needs.some((literal) => lower.includes(literal)),
  ).flatMap((kind) =>
    [...text.matchAll(kind.pattern)].flatMap((found) => {
      const value = found[1] ?? "";
      if (entropy(value) < kind.entropy || looksMadeUp(value) || opensNothing(value)) return [];
      return [spot(kind.name, found.index, found.index + found[0].length)];
    }),
  );
}

/** Issuers' keys are random: words that say "sample", long runs and counted-up digits are not. */
function looksMadeUp(value: string): boolean {
  return /example|sample|placeholder|dummy|fake|redacted|your|xxxx|0000000|1234567|abcdefg|(.)\1{5}/i.test(value);
}

/** Seconds since the epoch of a day before this program was written: what had expired by then opens nothing. */
const LONG_AGO = Date.UTC(2026, 0, 1) / 1_000;

/** Whether a JSON web token says of itself that it expired long ago, or is about the person in everybody's examples. */
function opensNothing(value: string): boolean {
  const [, payload] = /^eyJ[\w-]+\.(eyJ[\w-]+)\./.exec(value) ?? [];
  if (payload === undefined) return false;
  const said = Buffer.from(payload, "base64url").toString("utf8");
  const [, expires] = /"exp"\s*:\s*(\d{9,10})\b/.exec(said) ?? [];
  return (expires !== undefined && Number(expires) < LONG_AGO) || /"(?:John|Jane) Doe"|"1234567890"/.test(said);
}

/** What HTTP's basic authentication sends for a user and password that nobody keeps secret, such as `admin:password`. */
function isSampleLogin(value: string): boolean {
  if (!/^[A-Za-z0-9+/]{8,}={0,2}$/.test(value)) return false;
  const [, password] =
    /^[\w.@-]{1,40}:([\x21-\x7e]{1,60})$/.exec(Buffer.from(value, "base64").toString("latin1")) ?? [];
  return password !== undefined && PLACEHOLDER.test(password);
}

function named(text: string, lower: string): Spot[] {
  const urls = lower.includes("://") ? [...text.matchAll(URL_PASSWORD)] : [];
  return [
    ...[...text.matchAll(NAMED_SECRET)].flatMap((found) => {
      const [, name = "", value = ""] = found;
      if (NOT_THE_SECRET.test(name) || !isCredentialLike(value) || isSampleAnswer(name, text, found.index)) return [];
      return [
        { ...spot(`value of \`${name}\``, found.index, found.index + found[0].length), severity: "high" as const },
      ];
    }),
    ...urls.flatMap((found) => {
      const [whole, value = ""] = found;
      if (
        PLACEHOLDER.test(value) ||
        entropy(value) < 2.8 ||
        /@(?:localhost|127\.0\.0\.1|db|postgres|mysql|redis|mongo|host)$/i.test(whole)
      )
        return [];
      return [{ ...spot("password in a URL", found.index, found.index + whole.length), severity: "high" as const }];
    }),
  ];
}

function isCredentialLike(value: string): boolean {
  return (
    !PLACEHOLDER.test(value) &&
    !ORDINARY.test(value) &&
    !isSampleLogin(value) &&
    /\d/.test(value) &&
    /[A-Za-z]/.test(value) &&
    entropy(value) >= LEAST_ENTROPY
  );
}

function spot(kind: string, start: number, end: number): Spot {
  return {
    start,
    end,
    title: `Secret in source: ${kind}`.slice(0, 200),
    message: `This looks like a real credential (${kind}). Revoke it, then read it from the environment or a secret store.`,
  };
}

/** An access token beside the time it expires in is the copy of an answer: it has run out. */
function isSampleAnswer(name: string, text: string, index: number): boolean {
  return (
    /(?:access|refresh)_?token$/i.test(name) && /"expires?(?:_?in|_at)?"\s*:/i.test(text.slice(index, index + 200))
  );
}

function lineAround(text: string, index: number): string {
  const end = text.indexOf("\n", index);
  return text.slice(text.lastIndexOf("\n", index) + 1, end === -1 ? text.length : end);
}

/** Credentials by their shape, and literals of high entropy next to a name that says secret. */
export const SECRETS: TextRule = {
  id: "secret-in-source",
  severity: "critical",
  category: "security",
  hidesMatch: true,
  title: "Secret in source",
  message: "This looks like a real credential. Revoke it, then read it from the environment or a secret store.",
  why: "What is committed is in every clone and in the history for good, and public repositories are scanned for keys within minutes. Deleting the line later does not take it back.",
  failureScenario: "Anybody who can read the repository uses the credential.",
  find,
  examples: {
    invalid: [
      'const key = "AKIA{}Z7QHTM4WNRVKXP2L";',
      'token: "ghp_{}x8Kq2LmZ5vTn9RwYb3CfHj7PsDg4Ea6UiOkQ"',
      'token = "ghs_{}12_eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiI4NzM0MiJ9.kJ8sQ2mZ7xTv4Lr9"',
      'ANTHROPIC_API_KEY = "sk-ant-{}api03-Zk7Qw2Lm9Xv4Tn8Rb3Yc6Hf1Jp5Sd0Ga-EuIoKx7Tz2Wq9Mv_AA"',
      'const stripe = new Stripe("sk_live_{}9Zx7Qw2Lm4Xv8Tn3Rb6Yc1Hf");',
      "-----BEGIN RSA PRIVATE{} KEY-----\nMIIEowIBAAKCAQEA7bq3Zk9XwLm2Tn8Rb4Yc6Hf1Jp5Sd0GaEuIoKx7Tz2Wq9Mv",
      'const dbPassword = "t7#Kq9{}vLx2!mZ";',
      "X-Access-Token: eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9{}.eyJ1c2VyTmFtZSI6ImFkbWluIiwiZXhwIjo0MTAyNDQ0ODAwfQ.buYR6pt8ZwahRP90ArTx9kQm2",
      'DATABASE_URL = "postgres://shop:k9Xv2{}LmQ7t@db.shop.internal:5432/shop"',
    ],
    valid: [
      'const key = "AKIAIOSFODNN7EXAMPLE";',
      'password: "changeme123"',
      "const password = process{}.env.DB_PASSWORD;",
      'const passwordField = "user-password-2";',
      'const secretName = "projects/12/secrets/db7";',
      'token: "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"',
      'DATABASE_URL = "postgres://postgres:postgres@localhost:5432/app"',
      'apiKey: "${STRIPE_KEY_2}"',
      'const dbPassword = "t7#Kq9{}vLx2!mZ"; // gitleaks:allow',
      "X-Access-Token: eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9{}.eyJ1c2VyTmFtZSI6ImFkbWluIiwiZXhwIjoxNjQ2ODMyOTc4fQ.buYR6pt8ZwahRP90ArTx9kQm2",
      "Authorization: Bearer eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9{}.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIiwiaWF0IjoxNTE2MjM5MDIyfQ.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
      '"accessToken": "bWlmb3M6{}cGFzc3dvcmQ="',
      '// {"access_{}token": "d30bedaa4d8eb3128cf35ddc1030e27d", "expires_in": 7140}',
      'const ctxCredentials = "github.com/jcmturner/gokrb5/v8/ctxCredentials"',
    ],
  },
};
