import type { Defect } from "./manifest-entry.ts";

const RLO = "\u202E";
const LRI = "\u2066";
const PDI = "\u2069";

/** What a review of the pull request must find: places in the head version, all on lines that it adds. */
export const plantedDefects: readonly Defect[] = [
  {
    id: "members-last-order",
    family: "query-in-loop",
    path: "src/controllers/loyalty.ts",
    line: 52,
    endLine: 55,
    quote: "const { rows } = await db.query<{ placed_at: string }>(",
    severity: "high",
    description: "One query for each member of the page to find the last order: 100 more round trips a request.",
  },
  {
    id: "redeem-unhandled",
    family: "missing-error-handling",
    path: "src/controllers/loyalty.ts",
    line: 78,
    endLine: 78,
    quote: "export async function redeemPoints(req: Request, res: Response): Promise<void> {",
    severity: "high",
    description:
      "The handler is neither wrapped in asyncHandler nor has it a try: with too few points it rejects, Express 4 does not notice, and the request hangs.",
  },
  {
    id: "profile-points-not-awaited",
    family: "floating-promise",
    path: "src/controllers/customers.ts",
    line: 55,
    endLine: 59,
    quote: "db.query(",
    severity: "high",
    description:
      "The insert is neither awaited nor caught: when it fails the points are lost, and the unhandled rejection ends the process.",
  },
  {
    id: "credit-for-each",
    family: "async-for-each",
    path: "src/services/loyalty-service.ts",
    line: 30,
    endLine: 34,
    quote: "orders.forEach(async (order) => {",
    severity: "high",
    description:
      "forEach does not wait for its callback: the total is returned before anything was written, and failed writes reach nobody.",
  },
  {
    id: "summary-errors-swallowed",
    family: "empty-catch",
    path: "src/services/loyalty-service.ts",
    line: 82,
    endLine: 82,
    quote: "} catch (error) {}",
    severity: "medium",
    description: "Every failure to send a summary disappears; a wrong mail server looks like a quiet month.",
  },
  {
    id: "search-by-reason",
    family: "sql-injection",
    path: "src/repositories/loyalty-repository.ts",
    line: 53,
    endLine: 53,
    quote:
      "`SELECT ${ENTRY_COLUMNS} FROM loyalty_ledger WHERE customer_id = $1 AND reason ILIKE '%${reason}%' LIMIT 100`,",
    severity: "critical",
    description: "The search text of the request becomes part of the statement: it reads any table.",
  },
  {
    id: "pack-through-shell",
    family: "shell-injection",
    path: "scripts/export-loyalty-statements.ts",
    line: 56,
    endLine: 56,
    quote: "await run(`gzip --best --force ${path}`);",
    severity: "high",
    description: "The path holds two command line arguments and goes through a shell: `gold;rm -rf ~` is a tier.",
  },
  {
    id: "formula-eval",
    family: "code-injection",
    path: "src/services/loyalty-service.ts",
    line: 47,
    endLine: 47,
    quote: 'return Number(eval(rule.formula.replaceAll("total", String(totalCents))));',
    severity: "critical",
    description: "Text from a table that the back office edits runs as code in the server.",
  },
  {
    id: "badge-name-markup",
    family: "html-injection",
    path: "src/client/loyalty-badge.ts",
    line: 23,
    endLine: 23,
    quote: "name.innerHTML = `<b>${badge.displayName}</b> ${SYMBOLS[badge.tier]}`;",
    severity: "high",
    description: "Customers choose their display name; markup in it runs in the page of whoever sees the badge.",
  },
  {
    id: "voucher-secret",
    family: "secret-in-source",
    path: "src/lib/voucher.ts",
    line: 6,
    endLine: 6,
    quote: 'const LOYALTY_SIGNING_SECRET = "q7Zt4vRk1XcN8pLwD2sYb6HfJm0GxUe9";',
    severity: "critical",
    description: "Whoever can read the repository can sign vouchers of any value.",
  },
  {
    id: "statement-not-closed",
    family: "resource-not-closed",
    path: "scripts/export-loyalty-statements.ts",
    line: 47,
    endLine: 47,
    quote: 'const file = await open(path, "w");',
    severity: "medium",
    description: "The file is never closed: the handle leaks, also when a write fails.",
  },
  {
    id: "note-for-staff-only",
    family: "invisible-character",
    path: "src/controllers/customers.ts",
    line: 41,
    endLine: 41,
    quote: `/*${RLO} } ${LRI}if (session.role === "staff")${PDI} ${LRI} the note is for staff only */ answer["note"] = memberships[0]?.note;`,
    severity: "critical",
    description:
      "Bidirectional control characters make a comment look like a condition: everybody gets the internal note.",
  },
];

/** Defects that were there before, on lines that the pull request leaves alone in files that it changes; places in head. */
export const preExistingDefects: readonly Defect[] = [
  {
    id: "export-unhandled-before",
    family: "missing-error-handling",
    path: "src/controllers/customers.ts",
    line: 64,
    endLine: 64,
    quote: "export async function exportCustomer(req: Request, res: Response): Promise<void> {",
    severity: "high",
    description: "The handler is neither wrapped in asyncHandler nor has it a try, and was so before.",
  },
];
