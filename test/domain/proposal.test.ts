import { describe, expect, it } from "vitest";

import { proposalBranch, proposalProblem } from "../../src/domain/proposal.ts";

describe("a proposal", () => {
  const proposal = {
    branch: proposalBranch("audit database", ["docs/audit.md"]),
    named: new Set<string>(),
    edits: [{ kind: "create" as const, path: "docs/audit.md", text: "- an issue\n".repeat(5_000) }],
  };

  it("holds no new file of a writer that is too long, and says so in one sentence", () => {
    expect(proposalProblem(proposal)).toMatch(/^"docs\/audit\.md": The file would have 55000 bytes; .*[^.]$/);
  });

  it("holds the report of an audit, however long", () => {
    expect(proposalProblem({ ...proposal, reports: new Set(["docs/audit.md"]) })).toBeUndefined();
    expect(proposalProblem({ ...proposal, reports: new Set(["docs/other.md"]) })).toContain("55000 bytes");
  });
});
