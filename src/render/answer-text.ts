import { BODY_LIMIT, cutMarkdown } from "./cut-markdown.ts";
import { codeSpan } from "./fence.ts";
import { counted, dollars } from "./figures.ts";
import { neutralizeCode } from "./neutralize-code.ts";
import { inlineText, neutralize } from "./neutralize.ts";
import { placeLink, type Surroundings } from "./place-link.ts";

/** An answer to a question about a repository. Its texts are a model's: nothing in them is trusted. */
export type AnswerText = {
  readonly question: string;
  readonly markdown: string;
  readonly places: readonly {
    readonly path: string;
    readonly note: string;
    readonly lines?: { readonly startLine: number; readonly endLine: number };
  }[];
  readonly incomplete?: string;
  readonly head: string;
  readonly tasks: number;
  readonly costUsd: number;
};

/** The answer as Markdown that is safe to post, with the places it rests on. At most BODY_LIMIT code units. */
export function answerText(answer: AnswerText, where: Surroundings): string {
  const { head } = answer;
  const places = answer.places.map(({ path, note, lines }) => {
    const place =
      lines === undefined
        ? codeSpan(neutralizeCode(path.replaceAll("\n", " ")))
        : placeLink({ path, ...lines, side: "RIGHT" }, { base: head, head }, where);
    return `- ${place} ${inlineText(note)}`;
  });
  const parts = [
    `> ${inlineText(answer.question)}`,
    ...(answer.incomplete === undefined ? [] : [`**⚠️ Not a whole answer:** ${inlineText(answer.incomplete)}.`]),
    neutralize(answer.markdown),
    ...(places.length === 0 ? [] : ["**Places**", places.join("\n")]),
    `<sub>parallel-review · ${counted(answer.tasks, "subagent")} · ${dollars(answer.costUsd)} · read at ${head.slice(0, 12)}</sub>`,
  ];
  return cutMarkdown(parts.filter((part) => part !== "").join("\n\n"), BODY_LIMIT, "_Cut to fit GitHub's limit._");
}
