import { z } from "zod";

import type { Judgement } from "../domain/judgement.ts";
import type { ToolSpec } from "../ports/model.ts";
import type { ReportTool } from "./answer-calls.ts";

const VERDICTS = ["confirmed", "plausible", "refuted"] as const;

const MAX_EVIDENCE = 4_000;
const MAX_QUOTE = 4_000;

const VerdictInput = z.object({
  verdict: z.preprocess((value) => (typeof value === "string" ? value.toLowerCase() : value), z.enum(VERDICTS)),
  evidence: z.string().trim().min(1).max(MAX_EVIDENCE),
  quote: z.string().max(MAX_QUOTE),
});

const REPORT_VERDICT: ToolSpec = {
  name: "report_verdict",
  description: "Your one answer: whether the claim holds, why, and the code that decides it.",
  strict: true,
  inputSchema: {
    properties: {
      verdict: { type: "string", enum: [...VERDICTS] },
      evidence: {
        type: "string",
        description: "two to five sentences: the way from the input to the wrong result, or what makes it impossible",
      },
      quote: {
        type: "string",
        description: "the lines that decide it, copied exactly, without line numbers; empty only if plausible",
      },
    },
    required: ["verdict", "evidence", "quote"],
    additionalProperties: false,
  },
};

/**
 * The report tool of a verifier; `onJudgement` is called for each verdict that could be read, and the last one counts. A confirmation
 * or refutation without the code that decides it is sent back once, and kept if it comes no better.
 */
export function verdictTool(onJudgement: (judgement: Judgement) => void): ReportTool {
  return {
    spec: REPORT_VERDICT,
    read(callId, input) {
      const parsed = VerdictInput.safeParse(input);
      if (!parsed.success) {
        const text = `Not understood: ${z.prettifyError(parsed.error)}`;
        return { claims: [], final: false, result: { callId, text, isError: true } };
      }
      onJudgement(parsed.data);
      const isBare = parsed.data.quote.trim() === "" && parsed.data.verdict !== "plausible";
      const text = isBare ? `Quote the code that makes it ${parsed.data.verdict}, or answer plausible.` : "Noted.";
      return { claims: [], final: true, result: { callId, text, isError: isBare } };
    },
  };
}
