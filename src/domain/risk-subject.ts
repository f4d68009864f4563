/** A subject where a mistake is expensive: the words of a path that name it and the code that touches it. */
type RiskSubject = {
  readonly name: string;
  /** Whole words of the path (see `wordsOf`); deliberately without words of many meanings such as `token` or `lock`. */
  readonly words: readonly string[];
  /** Looked for on changed lines only. */
  readonly code: RegExp | undefined;
};

/** In the order in which they are tried; the first that matches names the reason. */
export const RISK_SUBJECTS: readonly RiskSubject[] = [
  {
    name: "authentication",
    words:
      "auth authn authentication authenticate oauth oauth2 oidc saml login signin logout session sessions password passwords passwd credential credentials jwt mfa totp sso".split(
        " ",
      ),
    code: /\b(?:jwt\.(?:sign|verify|decode)|jsonwebtoken|bcrypt|argon2|passport\.authenticate|login_required|check_password|set_password|verifyPassword|comparePassword|UserDetailsService|SecurityFilterChain)\b/,
  },
  {
    name: "permissions",
    words:
      "authz authorization authorize permission permissions acl rbac abac privilege privileges codeowners sudoers".split(
        " ",
      ),
    code: /\b(?:PreAuthorize|RolesAllowed|hasPermission|has_perm|permission_required|hasRole|requireRole|setuid|chmod|chown|GRANT\s+\w+\s+ON)\b/,
  },
  {
    name: "cryptography and secrets",
    words:
      "crypto cryptography encryption encrypt decrypt cipher hmac tls ssl x509 certificate certificates keystore secret secrets vault security sandbox csrf cors sanitize sanitizer".split(
        " ",
      ),
    code: /\b(?:create(?:Cipher|Decipher|Hmac|Hash|Sign|Verify)(?:iv)?|hashlib\.|hmac\.|MessageDigest|Cipher\.getInstance|SecureRandom|InsecureSkipVerify|rejectUnauthorized|verify\s*=\s*False|tls\.Config|x509\.)/,
  },
  {
    name: "payments",
    words:
      "payment payments billing invoice invoices refund refunds stripe paypal braintree adyen payout payouts wallet ledger".split(
        " ",
      ),
    code: undefined,
  },
  {
    name: "migrations and SQL schema",
    words: "migration migrations flyway liquibase alembic".split(" "),
    code: /\b(?:ALTER|CREATE|DROP)\s+(?:TABLE|INDEX|UNIQUE|VIEW|TRIGGER|SCHEMA|COLUMN|CONSTRAINT)\b|\bTRUNCATE\s+TABLE\b/i,
  },
  {
    name: "deserialisation and running code",
    words: "deserialize deserializer deserialization unserialize pickle".split(" "),
    code: /\b(?:pickle\.loads?|yaml\.(?:load|unsafe_load)\(|marshal\.loads?|unserialize\(|ObjectInputStream|BinaryFormatter|child_process|execSync|spawnSync|subprocess\.|os\.system|Runtime\.getRuntime|ProcessBuilder|exec\.Command|shell\s*=\s*True|new Function\(|vm\.run|eval\()/,
  },
  {
    name: "concurrency",
    words: "mutex semaphore concurrency deadlock atomics".split(" "),
    code: /\b(?:Mutex|RWMutex|WaitGroup|sync\.Once|Semaphore|SharedArrayBuffer|Atomics\.|AtomicInteger|AtomicLong|AtomicReference|ReentrantLock|CountDownLatch|synchronized|volatile|threading\.(?:R?Lock|Thread|Condition)|asyncio\.Lock|go func\(|pthread_)/,
  },
];

/** Files that run with the repository's or the infrastructure's own rights. */
export const PIPELINE_PATH =
  /^\.github\/(?:workflows|actions)\/|(?:^|\/)action\.ya?ml$|^\.circleci\/|^\.buildkite\/|(?:^|\/)(?:\.gitlab-ci|azure-pipelines|\.drone|\.travis)\.ya?ml$|(?:^|\/)(?:Jenkinsfile|Dockerfile|Containerfile)(?:[^/]*)$|(?:^|\/)(?:docker-)?compose(?:[.-][^/]+)?\.ya?ml$|\.(?:tf|hcl|bicep)$|(?:^|\/)CODEOWNERS$|^\.husky\/|(?:^|\/)\.npmrc$/;
