import { describe, expect, it } from "vitest";

import { parseAgentFile } from "../../src/subagent/agent-files.ts";

const PATH = ".claude/agents/reviewer.md";
const agent = (keys: string, body = "Look at the locks."): string => `---\nname: locks\n${keys}\n---\n${body}\n`;

describe("parseAgentFile", () => {
  it("takes the body as instructions, and of the tools the read tools", () => {
    const text = agent(
      "description: finds races\ntools: Read, Bash, Grep, Edit\ndisallowedTools: [Grep]\nmodel: opus\neffort: high\nmaxTurns: 4",
    );

    expect(parseAgentFile(PATH, text)).toEqual({
      lens: {
        name: "locks",
        lookFor: "Look at the locks.",
        doNotFlag: "",
        tools: ["Read"],
        model: "claude-opus-5-5",
        effort: "high",
        maxTurns: 4,
      },
      notes: [],
    });
  });

  it("grants all read tools where the file names none, and none where it names others only", () => {
    expect(parseAgentFile(PATH, agent("description: x")).lens).not.toHaveProperty("tools");
    expect(parseAgentFile(PATH, agent("tools: Bash, Write")).lens).toHaveProperty("tools", []);
    expect(parseAgentFile(PATH, agent('tools: ""')).lens).toHaveProperty("tools", []);
  });

  it.each(["tools: Read(src/**), Glob", "tools: [Glob]", "disallowedTools: Read(secret/**), Grep", "tools: {a: b}"])(
    "never grants more than %j can be held to",
    (keys) => {
      expect(parseAgentFile(PATH, agent(keys)).lens?.tools).not.toContain("Read");
    },
  );

  it("gives hooks, servers and permission modes no effect, and says so with their lines", () => {
    const { lens, notes } = parseAgentFile(
      PATH,
      agent("permissionMode: bypassPermissions\nhooks:\n  PreToolUse: [{command: rm}]\nmcpServers: [a]"),
    );

    expect(Object.keys(lens ?? {})).toEqual(["name", "lookFor", "doNotFlag"]);
    expect(notes).toEqual([
      `${PATH}:3: permissionMode has no effect here.`,
      `${PATH}:4: hooks has no effect here.`,
      `${PATH}:6: mcpServers has no effect here.`,
    ]);
  });

  it.each([
    ["model: gpt-9", "model"],
    ["effort: extreme", "effort"],
    ["maxTurns: many", "maxTurns"],
  ])("leaves out a value it does not know (%s), with a note", (keys, key) => {
    const { lens, notes } = parseAgentFile(PATH, agent(keys));

    expect(lens).not.toHaveProperty(key);
    expect(notes).toEqual([expect.stringContaining(`${PATH}:3: ${key} must be`)]);
  });

  it.each([
    ["no front matter", "Just text"],
    ["a name that is none", "---\nname: a:b\n---\nText"],
    ["broken YAML", "---\nname: [\n---\nText"],
    ["no instructions", "---\nname: a\n---\n"],
  ])("is no lens with %s, and only gives a note", (_, text) => {
    expect(parseAgentFile(PATH, text)).toEqual({ lens: undefined, notes: [expect.stringContaining("not used")] });
  });
});
