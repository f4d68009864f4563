/** One kind of credential that can be told by its shape. Shapes follow the issuers' documentation and gitleaks' rules. */
export type SecretKind = {
  readonly name: string;
  /** Texts without which the pattern cannot match, lower case; one is enough. */
  readonly needs: readonly string[];
  /** Global; the credential is group 1. Linear: no nested quantifiers. */
  readonly pattern: RegExp;
  /** Least entropy of the credential, bits a character; what is below is a placeholder. */
  readonly entropy: number;
  /** Tests and guides hold their own by the dozen; there it says nothing. */
  readonly ordinaryInSamples?: true;
};

/** Shapes that only credentials have. */
export const SECRET_KINDS: readonly SecretKind[] = [
  {
    name: "AWS access key id",
    needs: ["akia", "asia", "abia", "acca"],
    pattern: /\b((?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16})\b/g,
    entropy: 3,
  },
  {
    name: "GitHub token",
    needs: ["ghp_", "gho_", "ghu_", "ghr_"],
    pattern: /\b(gh[pour]_[A-Za-z0-9]{36,251})\b/g,
    entropy: 3,
  },
  { name: "GitHub installation token", needs: ["ghs_"], pattern: /\b(ghs_[A-Za-z0-9_.-]{36,1500})/g, entropy: 3 },
  {
    name: "GitHub fine-grained token",
    needs: ["github_pat_"],
    pattern: /\b(github_pat_[A-Za-z0-9_]{60,100})\b/g,
    entropy: 3,
  },
  { name: "GitLab token", needs: ["glpat-"], pattern: /\b(glpat-[\w-]{20,60})\b/g, entropy: 3 },
  { name: "Anthropic API key", needs: ["sk-ant-"], pattern: /\b(sk-ant-[a-z]{3,8}\d{2}-[\w-]{40,150})/g, entropy: 3.5 },
  {
    name: "OpenAI API key",
    needs: ["sk-"],
    pattern: /\b(sk-(?:proj|svcacct|admin)-[\w-]{40,250}|sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20})/g,
    entropy: 3.5,
  },
  { name: "Slack token", needs: ["xox"], pattern: /\b(xox[abeprs]-(?:\d-)?\d{8,14}-[\w-]{20,80})/g, entropy: 3 },
  {
    name: "Slack webhook",
    needs: ["hooks.slack.com"],
    pattern: /(hooks\.slack\.com\/services\/T\w{8,12}\/B\w{8,12}\/\w{20,30})/g,
    entropy: 3.5,
  },
  { name: "Stripe live key", needs: ["k_live_"], pattern: /\b([rs]k_live_[A-Za-z0-9]{20,120})\b/g, entropy: 3.5 },
  { name: "Google API key", needs: ["aiza"], pattern: /\b(AIza[\w-]{35})(?![\w-])/g, entropy: 3.5 },
  { name: "npm token", needs: ["npm_"], pattern: /\b(npm_[A-Za-z0-9]{36})\b/g, entropy: 3.5 },
  { name: "SendGrid API key", needs: ["sg."], pattern: /\b(SG\.[\w-]{22}\.[\w-]{43})(?![\w-])/g, entropy: 4 },
  {
    name: "Azure storage key",
    needs: ["accountkey="],
    // But for that of the emulator, which is the same for everybody and in its documentation.
    pattern: /AccountKey=(?!Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6)([A-Za-z0-9+/]{86}==)/g,
    entropy: 4,
  },
  {
    name: "private key",
    needs: ["private key"],
    pattern:
      /-----BEGIN (?:[A-Z]{2,10} )?PRIVATE KEY(?: BLOCK)?-----(?:\s|\\n|\\r|["'+,])*((?:[A-Za-z0-9+/=]|\\n){60,8000})/g,
    entropy: 3.5,
    ordinaryInSamples: true,
  },
  {
    name: "JSON web token",
    needs: ["eyj"],
    pattern: /\b(eyJ[A-Za-z0-9_-]{15,1000}\.eyJ[A-Za-z0-9_-]{15,4000}\.[A-Za-z0-9_-]{20,1000})/g,
    entropy: 4,
    ordinaryInSamples: true,
  },
];

/** `name = "literal"`, `name: "literal"`, `"name": "literal"` and the like, where the name says that it is secret: name, then value. */
export const NAMED_SECRET =
  /\b([A-Za-z0-9_.-]{0,40}(?:passw(?:or)?d|passphrase|secret|api[_-]?key|access[_-]?key|auth[_-]?token|access[_-]?token|private[_-]?key|client[_-]?secret|credential)s?)["']?\s{0,3}(?::=|[:=]|=>|\|\|)\s{0,3}["'`]([^\s"'`]{8,200})["'`]/gi;

/** A user and password inside a URL: the password. */
export const URL_PASSWORD = /\b[a-z][a-z0-9+.-]{2,12}:\/\/[^\s:/@"'`${}]{1,60}:([^\s:/@"'`${}]{6,100})@[\w.-]{4,}/gi;
