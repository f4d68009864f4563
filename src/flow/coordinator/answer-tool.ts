import { z } from "zod";

import { locateQuote } from "../../domain/locate-quote.ts";
import type { Snapshot } from "../../ports/snapshot.ts";
import { answer, defineTool, mistake, type Tool } from "../../subagent/toolbox.ts";

/** A place in the code that an answer rests on. Lines are 1-based and inclusive; absent when the quote is not in the file. */
type AnswerPlace = {
  readonly path: string;
  readonly note: string;
  readonly lines?: { readonly startLine: number; readonly endLine: number };
};

/** The coordinator's answer as the model wrote it: untrusted, to be neutralised before anybody sees it. */
export type GivenAnswer = { readonly markdown: string; readonly places: readonly AnswerPlace[] };

const Input = z.object({
  markdown: z.string().min(1).max(60_000),
  places: z
    .array(
      z.object({
        path: z.string().max(1_024),
        quote: z.string().max(8_000),
        line_hint: z.int().nonnegative(),
        note: z.string().max(500),
      }),
    )
    .max(100),
});

/** The tool that ends the coordinator. Quotes that are not found are asked for again, once; then the answer is taken as it is. */
export function answerTool(snapshot: Snapshot): { readonly tool: Tool; readonly given: () => GivenAnswer | undefined } {
  let given: GivenAnswer | undefined;
  let hasAskedAgain = false;
  const tool = defineTool({
    spec: {
      name: "give_answer",
      description: "Give the final answer. Ends your work.",
      strict: true,
      inputSchema: {
        properties: {
          markdown: { type: "string", description: "the answer" },
          places: {
            type: "array",
            items: {
              type: "object",
              properties: {
                path: { type: "string" },
                quote: { type: "string", description: "lines copied exactly from the file, without line numbers" },
                line_hint: { type: "integer", description: "about where; 0 if unknown" },
                note: { type: "string", description: "what this place shows, in one sentence" },
              },
              required: ["path", "quote", "line_hint", "note"],
              additionalProperties: false,
            },
          },
        },
        required: ["markdown", "places"],
        additionalProperties: false,
      },
    },
    input: Input,
    async run({ markdown, places }, signal) {
      const located = await Promise.all(
        places.map(async ({ path, quote, line_hint: hint, note }): Promise<AnswerPlace> => {
          const content = await snapshot.read(path, signal);
          const found =
            content.kind === "text" ? locateQuote(content.text, quote, hint === 0 ? undefined : hint) : undefined;
          if (found === undefined) return { path, note };
          return { path, note, lines: { startLine: found.startLine, endLine: found.endLine } };
        }),
      );
      const lost = located.flatMap(({ path, lines }, index) =>
        lines === undefined ? [`places[${index}] (${path})`] : [],
      );
      if (lost.length > 0 && !hasAskedAgain) {
        hasAskedAgain = true;
        return mistake(
          `Not found, or not only once: the quotes of ${lost.join(", ")}. Quote more, exactly, and answer again.`,
        );
      }
      given = { markdown, places: located };
      return answer("Noted.");
    },
  });
  return { tool, given: () => given };
}
