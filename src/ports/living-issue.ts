/** The one issue in which an audit's recipe is kept up to date, as it was read. */
export type IssueText = {
  readonly number: number;
  readonly url: string;
  readonly body: string;
  readonly open: boolean;
  /**
   * Who has changed the text since we wrote it, each of them with write access today; empty when nobody has. Undefined when that cannot be
   * told, or when somebody without write access was among them: then what is ticked counts for nothing.
   */
  readonly editors: readonly string[] | undefined;
};

/** What writing came to. `left-alone`: somebody changed it meanwhile, or GitHub has no issues for us; the sentence says so. */
export type IssueWritten =
  | { readonly kind: "created" | "updated" | "unchanged"; readonly url: string }
  | { readonly kind: "left-alone"; readonly reason: string };

/** One issue of a repository that this program writes and people tick boxes in. */
export interface LivingIssue {
  /** Undefined when there is none yet. Throws as every call of GitHub does. */
  read(recipe: string, signal: AbortSignal): Promise<IssueText | undefined>;
  /** Makes it, or changes `before`, the issue as it was read. Done twice it is there once. */
  write(
    text: { readonly recipe: string; readonly title: string; readonly body: string },
    before: IssueText | undefined,
    signal: AbortSignal,
  ): Promise<IssueWritten>;
}
