import { z } from "zod";

import { CATEGORY, type Claim } from "../domain/finding.ts";
import { SEVERITIES } from "../domain/severity.ts";
import type { ToolResult, ToolSpec } from "../ports/model.ts";

/** Findings one call may carry; more than this is noise, and the call is answered with an error that says so. */
const MAX_FINDINGS_PER_CALL = 32;

const CONFIDENCE = { certain: 0.95, likely: 0.75, possible: 0.5 } as const;

/** As the model writes it; strict schemas know no optional properties, so "" and 0 mean "none". */
const ReportedFinding = z.object({
  path: z.string(),
  quote: z.string().max(8_000),
  line_hint: z.int().nonnegative(),
  severity: z.preprocess(lowerCase, z.enum(SEVERITIES)),
  category: z.preprocess(slug, CATEGORY),
  title: z.string().min(1).max(200),
  detail: z.string().max(8_000),
  failure_scenario: z.string().max(4_000),
  suggestion: z.string().max(8_000),
  confidence: z.preprocess(lowerCase, z.enum(["certain", "likely", "possible"])),
});

const ReportInput = z.object({
  findings: z.array(z.unknown()).max(MAX_FINDINGS_PER_CALL),
  final: z.boolean(),
});

export const REPORT_FINDINGS: ToolSpec = {
  name: "report_findings",
  description:
    "Report defects you have proved. May be called several times; set final to true on the last call, also when there is nothing to report (findings: []).",
  strict: true,
  inputSchema: {
    properties: {
      findings: {
        type: "array",
        items: {
          type: "object",
          properties: {
            path: { type: "string", description: "file as named in the task" },
            quote: { type: "string", description: "the defective lines, copied exactly; no line numbers, no + or -" },
            line_hint: {
              type: "integer",
              description: "about where; 0 if unknown. Only used to choose between equal quotes",
            },
            severity: { type: "string", enum: [...SEVERITIES] },
            category: { type: "string", description: "kebab-case, e.g. n-plus-one, missing-await, sql-injection" },
            title: { type: "string", description: "one sentence, what is wrong" },
            detail: { type: "string", description: "evidence from the code, and how to mend it" },
            failure_scenario: { type: "string", description: "input or state -> wrong result" },
            suggestion: { type: "string", description: "replacement for exactly the quoted lines, or empty" },
            confidence: { type: "string", enum: Object.keys(CONFIDENCE) },
          },
          required: [
            "path",
            "quote",
            "line_hint",
            "severity",
            "category",
            "title",
            "detail",
            "failure_scenario",
            "suggestion",
            "confidence",
          ],
          additionalProperties: false,
        },
      },
      final: { type: "boolean" },
    },
    required: ["findings", "final"],
    additionalProperties: false,
  },
};

/** Finds the lines that a quote stands on in the head version of a file; undefined when it is not there or not unique. */
export type FindQuote = (
  path: string,
  quote: string,
  lineHint: number | undefined,
) => { readonly startLine: number; readonly endLine: number } | undefined;

/** What one report_findings call came to. `claims` holds everything that could be understood, anchored or not. */
export type Reported = { readonly claims: readonly Claim[]; readonly final: boolean; readonly result: ToolResult };

/**
 * Reads one report_findings call. A finding whose quote cannot be found is kept as a claim about the whole file (quote ""),
 * and the answer asks for a better quote; malformed findings are named in the answer and not kept.
 */
export function readReport(callId: string, input: unknown, findQuote: FindQuote): Reported {
  const report = ReportInput.safeParse(input);
  if (!report.success) {
    const text = `Not understood: ${z.prettifyError(report.error)}`;
    return { claims: [], final: false, result: { callId, text, isError: true } };
  }
  const claims: Claim[] = [];
  const problems: string[] = [];
  for (const [index, raw] of report.data.findings.entries()) {
    const finding = ReportedFinding.safeParse(raw);
    if (!finding.success) {
      problems.push(`findings[${index}] was not kept: ${z.prettifyError(finding.error)}`);
      continue;
    }
    const { path, quote, line_hint: hint } = finding.data;
    const place = quote.trim() === "" ? undefined : findQuote(path, quote, hint === 0 ? undefined : hint);
    if (place === undefined && quote.trim() !== "") {
      problems.push(`findings[${index}]: its quote is not in ${path}, or not only once; quote more of it exactly`);
    }
    claims.push(toClaim(finding.data, place));
  }
  const text = problems.length === 0 ? "Noted." : `Noted ${claims.length}. ${problems.join("\n")}`;
  return {
    claims,
    final: report.data.final,
    result: { callId, text, isError: problems.length > 0 },
  };
}

function toClaim(
  finding: z.infer<typeof ReportedFinding>,
  place: { readonly startLine: number; readonly endLine: number } | undefined,
): Claim {
  const { suggestion } = finding;
  return {
    path: finding.path,
    startLine: place?.startLine ?? 1,
    endLine: place?.endLine ?? 1,
    side: "RIGHT",
    severity: finding.severity,
    category: finding.category,
    title: finding.title,
    detail: finding.detail,
    failureScenario: finding.failure_scenario,
    quote: place === undefined ? "" : finding.quote,
    confidence: CONFIDENCE[finding.confidence],
    source: "model",
    ...(suggestion === "" || place === undefined ? {} : { suggestion }),
  };
}

function lowerCase(value: unknown): unknown {
  return typeof value === "string" ? value.toLowerCase() : value;
}

function slug(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const words = value
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== "");
  return words.join("-").slice(0, 60).replace(/-$/, "") || "other";
}
