import { describe, expect, it } from "vitest";

import { answerText } from "../../src/render/answer-text.ts";

const ANSWER = { question: "why?", markdown: "Because.", places: [], head: "a".repeat(40), tasks: 2, costUsd: 0.5 };

describe("answerText", () => {
  it("links the places at the commit that was read", () => {
    const places = [
      { path: "src/a b.ts", note: "the loop", lines: { startLine: 3, endLine: 5 } },
      { path: "src/gone.ts", note: "nowhere" },
    ];

    const text = answerText({ ...ANSWER, places }, { repositoryUrl: "https://github.com/acme/shop" });

    expect(text).toContain(
      `- [\`src/a b.ts:3-5\`](https://github.com/acme/shop/blob/${ANSWER.head}/src/a%20b.ts#L3-L5) the loop`,
    );
    expect(text).toContain("- `src/gone.ts` nowhere");
  });

  it("lets nothing out that notifies, loads or commands, wherever the model or the asker put it", () => {
    const hostile =
      "@everyone ![x](https://evil.example/p) <img src=x> [go](https://evil.example)\n/parallel-review full";
    const places = [{ path: "a`b\n@mona", note: hostile, lines: { startLine: 1, endLine: 1 } }];

    const text = answerText({ ...ANSWER, question: hostile, markdown: hostile, places, incomplete: hostile }, {});

    const outsideCode = text.replaceAll(/(`+)(?:(?!\1)[\s\S])*\1/g, "");
    expect(outsideCode).not.toMatch(/(?<!\\)@(?:everyone|mona)|!\[|\]\(http|(?<!\\)<img|^\/parallel-review/m);
  });

  it("fits into a comment", () => {
    expect(answerText({ ...ANSWER, markdown: "word ".repeat(30_000) }, {}).length).toBeLessThanOrEqual(60_000);
  });
});
