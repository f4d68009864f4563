import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { parseLedger, type Ledger } from "../../src/domain/ledger.ts";
import type { StandinEvent } from "../../src/standin/github/events.ts";
import type { StandinIssue, StandinRepository } from "../../src/standin/github/model.ts";
import { type Acted, type ActionStage, openActionStage } from "./action-stage.ts";

const DISPATCH: Pick<StandinEvent, "name" | "payload"> = {
  name: "workflow_dispatch",
  payload: { ref: "refs/heads/main", inputs: {} },
};
const WRITER = { contents: "write", issues: "write", security_events: "write" } as const;
const query = (table: string): string =>
  [
    "export async function names(db, ids) {",
    "  for (const id of ids) {",
    `    await db.query("SELECT name FROM ${table} WHERE id = $1", [id]);`,
    "  }",
    "}",
    "",
  ].join("\n");

let stage: ActionStage;
beforeAll(async () => {
  stage = await openActionStage();
  await stage.github.push(stage.repository, "main", {
    "src/products.ts": query("products"),
    "src/orders/[id].ts": query("orders"),
    "src/hole.ts": 'export const run = (req) => eval(req.query.formula + "");\n',
  });
});
afterAll(() => stage[Symbol.asyncDispose]());

const audit = (inputs: Record<string, string> = {}): Promise<Acted> =>
  stage.act(DISPATCH, { with: { job: "audit", recipe: "database", "publish-to": "issue", ...inputs }, token: WRITER });

const issues = (repository: StandinRepository = stage.repository): StandinIssue[] =>
  [...repository.issues.values()].filter(({ kind }) => kind === "issue");

function theIssue(): StandinIssue {
  const [issue, ...others] = issues();
  if (issue === undefined || others.length > 0) throw new Error(`there are ${others.length + 1} issues`);
  return issue;
}

/** Ticks, or empties, the box of that kind behind the line with `place`, as somebody's click does. */
function tick(login: string, place: string, kind: "fix" | "accept", mark = "x"): void {
  const issue = theIssue();
  const lines = (issue.body ?? "").split("\n");
  const at = lines.findIndex((line) => line.includes(place));
  const box = lines.findIndex((line, index) => index > at && line.includes(`<!-- ${kind}:`));
  lines[box] = (lines[box] ?? "").replace(/\[[ x]\]/, `[${mark}]`);
  stage.github.editIssueAs(login, stage.repository, issue.number, lines.join("\n"));
}

async function ledger(): Promise<Ledger> {
  const file = await stage.github.readFile(stage.repository, "parallel-review/ledger", "ledger.jsonl");
  return parseLedger(file?.toString() ?? "", "ledger.jsonl");
}

describe("publish-to: issue", () => {
  it("keeps one issue, and writes nothing when nothing has changed but the day", async () => {
    const first = await audit();
    const second = await audit();

    expect(first).toMatchObject({ exitCode: 0, outputs: { findings: "2", "refactor-goal": "" } });
    expect(first.outputs["issue-url"]).toContain(`/issues/${theIssue().number}`);
    expect(theIssue().body).toMatch(/## .*\(2\)\n\n- \[`src\/orders\/\[id\]\.ts:3`\]\(.*\n {2}- \[ \] fix <!--/);
    expect(theIssue().labels).toEqual(["parallel-review"]);
    expect(second.writes.filter((write) => write.includes("/issues"))).toHaveLength(1);
    const third = await audit();
    expect(third.writes.filter((write) => write.includes("/issues"))).toEqual([]);
    expect(stage.gate.violations).toEqual([]);
  });

  it("does not count what somebody without write access has ticked, and says so", async () => {
    tick("triager", "products.ts", "accept");

    const { log, exitCode } = await audit();

    expect(exitCode).toBe(0);
    expect(log).toMatch(/without write access/);
    expect((await ledger()).issues.map(({ status }) => status)).toEqual(["open", "open"]);
    expect(theIssue().body).not.toContain("[x]");
  });

  it("accepts in the ledger what is ticked, with its author, and hands over what is to be fixed", async () => {
    tick("dev", "products.ts", "accept");
    tick("dev", "[id].ts", "fix");

    const { outputs, summary } = await audit();

    const accepted = (await ledger()).issues.find(({ path }) => path === "src/products.ts");
    expect(accepted).toMatchObject({
      status: "accepted",
      acceptance: { author: "dev", reason: `Accepted in #${theIssue().number}.` },
    });
    expect(summary).toContain("Accepted (1)");
    expect(outputs["refactor-goal"]).toMatch(/audit database found.*\n- src\/orders\/\[id\]\.ts:3: /);
    expect(outputs["refactor-files"]).toBe(String.raw`src/orders/\[id\].ts`);
    expect(theIssue().body).toMatch(/## Accepted \(1\)\n\n- .*accepted by `dev` on .*\n {2}- \[x\] accept/);
    expect(theIssue().body).toMatch(/fix asked for on .*\n {2}- \[ \] fix/);
  });

  it("asks once for a fix, and opens again what is no longer accepted", async () => {
    tick("keeper", "products.ts", "accept", " ");

    const { outputs } = await audit();

    expect(outputs).toMatchObject({ "refactor-goal": "", findings: "2" });
    expect((await ledger()).issues.map(({ status }) => status)).toEqual(["open", "open"]);
  });

  it("leaves another's issue with the same text alone", async () => {
    const copy = stage.github.addToken({ login: "reader", permissions: { issues: "write" } });
    await fetch(`${stage.github.url}/repos/acme/shop/issues`, {
      method: "POST",
      headers: { authorization: `Bearer ${copy}`, "content-type": "application/json" },
      body: JSON.stringify({ title: "Trap", body: theIssue().body, labels: ["parallel-review"] }),
    });
    const trap = issues().at(-1);
    const before = trap?.body;

    await audit();

    expect(issues()).toHaveLength(2);
    expect(trap?.author.login).toBe("reader");
    expect(trap?.body).toBe(before);
    stage.repository.issues.delete(trap?.number ?? 0);
  });

  it("shows nothing that strangers could use", async () => {
    const before = theIssue().body;

    const { outputs, writes } = await audit({ recipe: "security" });

    expect(outputs["issue-url"]).toBeUndefined();
    expect(writes.filter((write) => write.includes("/issues"))).toEqual([]);
    expect(theIssue().body).toBe(before);
  });

  it("makes one issue although GitHub's answer to it got lost", async () => {
    stage.github.faults.add({ method: "POST", path: /\/issues$/, when: "after", do: { status: 502, body: "<html>" } });

    const { exitCode } = await audit({ recipe: "error-handling" });
    await audit({ recipe: "error-handling" });

    expect(exitCode).toBe(0);
    expect(issues().filter(({ body }) => body?.includes("recipe=error-handling") === true)).toHaveLength(1);
  });

  it("asks GitHub for nothing that its description does not have", () => {
    expect(stage.gate.violations).toEqual([]);
  });
});
