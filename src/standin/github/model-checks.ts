/** What a check run looks like to tests and to the pull request page. */

export interface StandinAnnotation {
  readonly path: string;
  readonly startLine: number;
  readonly endLine: number;
  readonly startColumn?: number | undefined;
  readonly endColumn?: number | undefined;
  readonly level: "notice" | "warning" | "failure";
  readonly message: string;
  readonly title?: string | undefined;
  readonly rawDetails?: string | undefined;
}

export interface StandinCheckRun {
  readonly id: number;
  readonly suiteId: number;
  readonly headSha: string;
  /** Slug of the app whose token made it, such as `github-actions`. */
  readonly app: string;
  name: string;
  status: string;
  conclusion: string | null;
  detailsUrl: string | null;
  externalId: string;
  startedAt: string;
  completedAt: string | null;
  title: string | null;
  summary: string | null;
  text: string | null;
  /** Grows with every update: GitHub appends, never replaces. */
  readonly annotations: StandinAnnotation[];
}
