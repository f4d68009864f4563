/** Characters that a file system or a reader may ignore in a name: `\p{Default_Ignorable_Code_Point}` and controls. */
const IGNORABLE = /[\p{Default_Ignorable_Code_Point}\p{Cc}]/gu;

const PROTECTED: readonly RegExp[] = [
  /^\./,
  /^git~\d/,
  /(?:^|\/)(?:package|composer|deno)\.jsonc?$/,
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|deno\.lock)$/,
  /(?:^|\/)(?:cargo|poetry|pdm|uv|composer|gemfile|podfile|mix|flake|packages|gradle)\.lock(?:file|\.json)?$/,
  /(?:^|\/)(?:go\.(?:mod|sum|work)|cargo\.toml|gemfile|pipfile|requirements[^/]*\.txt|setup\.(?:py|cfg)|pyproject\.toml|conftest\.py)$/,
  /(?:^|\/)(?:pom\.xml|build\.gradle(?:\.kts)?|settings\.gradle(?:\.kts)?|gradlew(?:\.bat)?|mvnw(?:\.cmd)?|build\.rs|rakefile)$/,
  /\.config\.[^/]+$/,
  /(?:^|\/)[tj]sconfig[^/]*\.json$/,
  /(?:^|\/)(?:\.npmrc|\.yarnrc(?:\.yml)?|\.gitattributes|\.gitmodules|\.gitignore|\.envrc|\.env[^/]*)$/,
  /(?:^|\/)\.(?:git|github|husky|vscode|devcontainer|circleci|claude|cursor)(?:\/|$)/,
  /(?:^|\/)codeowners$/,
  /(?:^|\/)(?:gnu)?makefile$|\.mk$|(?:^|\/)justfile$/,
  /(?:^|\/)(?:dockerfile[^/]*|[^/]*\.dockerfile|containerfile[^/]*|(?:docker-)?compose[^/]*\.ya?ml)$/,
  /(?:^|\/)(?:claude|agents|gemini|review)\.md$/,
  /(?:^|\/)(?:jenkinsfile|action\.ya?ml|azure-pipelines\.ya?ml)$/,
];

/**
 * Whether a change to this file can run code on somebody's machine, or steer the tools that look after the repository: build
 * and package manifests, lock files, tool settings, workflows, agent instructions, hidden top-level folders. Such files get no
 * one-click suggestion and no edit. Judged as a careless file system would: NFKC, any case, ignorable characters and trailing
 * dots or spaces of a segment left out. An executable script is protected too, which only its mode can tell: ask the caller.
 */
export function isProtectedPath(path: string): boolean {
  const plain = path
    .normalize("NFKC")
    .replaceAll(IGNORABLE, "")
    .replaceAll("\\", "/")
    .toLowerCase()
    .split("/")
    .map((segment) => segment.replace(/[. ]+$/, ""))
    .filter((segment) => segment !== "")
    .join("/");
  return PROTECTED.some((pattern) => pattern.test(plain));
}
