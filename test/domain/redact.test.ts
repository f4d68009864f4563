import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { redactor } from "../../src/domain/redact.ts";

const SECRET = "zq-tok/Abc+dEf123==GHIjkl_456mno789PQR";
const redact = redactor([SECRET]);
const base64 = (text: string): string => Buffer.from(text).toString("base64");

describe("redactor", () => {
  it.each([
    ["as it is", SECRET],
    ["without its first seven characters", SECRET.slice(7)],
    ["in two halves", `${SECRET.slice(0, 18)}\n\n**${SECRET.slice(18)}`],
    ["reversed", Array.from(SECRET).toReversed().join("")],
    ["in hex", Buffer.from(SECRET).toString("hex")],
    ["in upper-case hex with colons", (Buffer.from(SECRET).toString("hex").toUpperCase().match(/../g) ?? []).join(":")],
    ["in base64", base64(SECRET)],
    ["in base64, one byte later", base64(`x${SECRET}`)],
    ["in base64, two bytes later", base64(`xy${SECRET}`)],
    ["in base64url", Buffer.from(SECRET).toString("base64url")],
    ["percent-encoded", encodeURIComponent(SECRET)],
    ["percent-encoded throughout", [...Buffer.from(SECRET)].map((byte) => `%${byte.toString(16)}`).join("")],
    ["with separators", SECRET.split("").join("-")],
    ["over several lines", SECRET.split("").join("\n")],
    ["with invisible characters in between", SECRET.split("").join("\u200B")],
    ["in lower case", SECRET.toLowerCase()],
  ])("masks a known secret %s", (_, written) => {
    const masked = redact(`before ${written} after`);

    expect(masked).toContain("[redacted]");
    expect(masked.startsWith("before ")).toBe(true);
    expect(masked.endsWith(" after")).toBe(true);
    expect(longestShared(masked.replaceAll("[redacted]", ""), written)).toBeLessThan(12);
  });

  it.each([
    `ghs_12345_eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiIxMjM0NSJ9.${"x".repeat(40)}`,
    `ghp_${"a1B2".repeat(9)}`,
    `github_pat_${"A1b2_".repeat(16)}`,
    `sk-ant-api03-${"x".repeat(40)}`,
    "AKIAIOSFODNN7EXAMPLE",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----",
    "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk cut off",
    "xoxb-123456789012-abcdefghijkl",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N",
  ])("masks the shape of %s", (text) => {
    expect(redactor([])(`key = "${text}"`)).toMatch(/^key = "\[redacted\]"?$/);
  });

  it("ends a key that is cut off where no key can go on", () => {
    const text = "src/-----BEGIN PRIVATE KEY-----.ts was read.\n\n<!-- ours -->";

    expect(redactor([])(text)).toBe("src/[redacted].ts was read.\n\n<!-- ours -->");
  });

  it("leaves other text alone", () => {
    const text = "The sk-ant- prefix, a sha 0123456789abcdef0123456789abcdef01234567 and base64 SGVsbG8gd29ybGQ= stay.";

    expect(redact(text)).toBe(text);
    expect(redactor(["", "abc"])("abc")).toBe("abc");
  });

  it("masks short secrets exactly", () => {
    expect(redactor(["hunter2!"])("password: hunter2!")).toBe("password: [redacted]");
  });

  it("masks a secret anywhere in any text, and masking again changes nothing", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        const masked = redact(`${before}${SECRET}${after}`);

        expect(masked).not.toContain(SECRET);
        expect(redact(masked)).toBe(masked);
      }),
    );
  });
});

function longestShared(a: string, b: string): number {
  for (let size = b.length; size > 0; size -= 1) {
    for (let at = 0; at + size <= b.length; at += 1) if (a.includes(b.slice(at, at + size))) return size;
  }
  return 0;
}
