import type { Contract } from "../domain/changed-contracts.ts";
import type { Lens } from "../domain/lens.ts";
import { lensText } from "./brief.ts";
import type { Callers } from "./contract-callers.ts";
import { quoteUntrusted } from "./quote-untrusted.ts";

/** A brief holds the interfaces of the largest refactorings, and no more. */
const MAX_CONTRACTS = 60;

/** The contract pass's own part of its brief: each signature as it was and as it is, and the unchanged lines that name it. */
export function contractBrief(
  description: string,
  lens: Lens,
  contracts: readonly Contract[],
  callers: Callers,
): string {
  const shown = contracts.slice(0, MAX_CONTRACTS);
  const missing = [
    ...(contracts.length > shown.length
      ? [`${contracts.length - shown.length} more changed declarations are not shown.`]
      : []),
    ...(callers.incomplete ? ["Not all lines are listed; search with Grep for the others."] : []),
  ];
  const byPath = Map.groupBy(callers.lines, ({ path }) => path);
  return [
    `# Your task: ${description}`,
    ...lensText(lens),
    "# Exported declarations that the change altered",
    ...shown.map((contract) => quoteUntrusted(`${contract.path}: ${contract.name}`, contractText(contract))),
    "# Code outside the change that names them (line: text). The name alone may mean something else: read before you judge",
    ...[...byPath].map(([path, lines]) =>
      quoteUntrusted(path, lines.map(({ line, text }) => `${line}: ${text}`).join("\n")),
    ),
    ...missing,
    "Report each use outside the change that the change breaks. For path and quote give the changed declaration as it stands in its file now (or the using line, where the declaration is gone); name every use it breaks as path:line in the detail.",
  ].join("\n\n");
}

function contractText({ before, after }: Contract): string {
  return `before: ${before}\nnow: ${after ?? "(no longer declared here)"}`;
}
