import * as fc from "fast-check";
import { describe, expect, it } from "vitest";

import { locateQuote } from "../../src/domain/locate-quote.ts";

const TEXT = [
  "export async function totals(orders: Order[]) {", // 1
  "  const result = [];", // 2
  "  for (const order of orders) {", // 3
  "    const customer = await db.customer(order.customerId);", // 4
  "    if (customer === undefined) {", // 5
  "      continue;", // 6
  "    }", // 7
  "", // 8
  "    result.push({ customer, total: sum(order.lines) });", // 9
  "  }", // 10
  "  return result;", // 11
  "}", // 12
  "", // 13
  "export async function names(orders: Order[]) {", // 14
  "  for (const order of orders) {", // 15
  "    console.log(order.name);", // 16
  "  }", // 17
  "}", // 18
].join("\n");

describe("locateQuote", () => {
  it("finds lines that are quoted exactly", () => {
    const found = locateQuote(TEXT, "    if (customer === undefined) {\n      continue;\n    }");

    expect(found).toEqual({ startLine: 5, endLine: 7, how: "exact" });
  });

  it("finds lines quoted with other indentation and without blank lines", () => {
    const found = locateQuote(TEXT, "continue;\n}\nresult.push({customer, total: sum(order.lines)});");

    expect(found).toEqual({ startLine: 6, endLine: 9, how: "whitespace" });
  });

  it("finds a part of a line, and a quote whose lines were broken elsewhere", () => {
    expect(locateQuote(TEXT, "await db.customer(order.customerId)")).toMatchObject({
      startLine: 4,
      endLine: 4,
      how: "partial",
    });
    expect(locateQuote(TEXT, "result.push({\n  customer,\n  total: sum(order.lines)\n});")).toMatchObject({
      startLine: 9,
      endLine: 9,
      how: "partial",
    });
    expect(locateQuote(TEXT, "db.customer(order.customerId);\n    if (customer === undefined) {")).toMatchObject({
      startLine: 4,
      endLine: 5,
      how: "partial",
    });
  });

  it("finds a line with small mistakes in it", () => {
    const found = locateQuote(TEXT, "const customer = await db.getCustomer(order.customerID);");

    expect(found).toEqual({ startLine: 4, endLine: 4, how: "fuzzy" });
  });

  it("does not find what is not there", () => {
    expect(locateQuote(TEXT, "await fetch(`https://example.com/${order.id}`)")).toBeUndefined();
    expect(locateQuote(TEXT, "   \n ")).toBeUndefined();
    expect(locateQuote("", "x = 1")).toBeUndefined();
  });

  it("refuses to choose among equal places without a hint, and takes the nearest with one", () => {
    expect(locateQuote(TEXT, "  for (const order of orders) {")).toBeUndefined();
    expect(locateQuote(TEXT, "  for (const order of orders) {", 14)).toMatchObject({ startLine: 15 });
    expect(locateQuote(TEXT, "  for (const order of orders) {", 1)).toMatchObject({ startLine: 3 });
  });

  it("does not believe a hint against the quote", () => {
    expect(locateQuote(TEXT, "  return result;", 2)).toMatchObject({ startLine: 11, endLine: 11 });
  });

  it.each([
    [
      "cat -n",
      "     3\t  for (const order of orders) {\n     4\t    const customer = await db.customer(order.customerId);",
    ],
    ["pipes", "  3 |   for (const order of orders) {\n  4 |     const customer = await db.customer(order.customerId);"],
    ["colons", "3:   for (const order of orders) {\n4:     const customer = await db.customer(order.customerId);"],
    [
      "a fence",
      "```ts\n  for (const order of orders) {\n    const customer = await db.customer(order.customerId);\n```",
    ],
    [
      "diff markers",
      "+  for (const order of orders) {\n-    const customer = cache.get(order);\n+    const customer = await db.customer(order.customerId);",
    ],
    [
      "numbers and markers",
      "3 +  for (const order of orders) {\n4 +    const customer = await db.customer(order.customerId);",
    ],
  ])("sees through %s copied along", (_, quote) => {
    expect(locateQuote(TEXT, quote)).toMatchObject({ startLine: 3, endLine: 4 });
  });

  it("takes the line number that was copied along as the hint", () => {
    expect(locateQuote(TEXT, "15\t  for (const order of orders) {")).toMatchObject({ startLine: 15 });
  });

  it.each(["...", "// ...", "    …", "/* ... */", "# ..."])("spans what %j leaves out", (elision) => {
    const quote = `for (const order of orders) {\n${elision}\nreturn result;`;

    expect(locateQuote(TEXT, quote)).toMatchObject({ startLine: 3, endLine: 11 });
  });

  it("treats carriage returns as part of the line end", () => {
    expect(locateQuote(TEXT.replaceAll("\n", "\r\n"), "  const result = [];")).toMatchObject({
      startLine: 2,
      how: "exact",
    });
  });

  it("finds every unique line of any text again", () => {
    const line = fc
      .string({ minLength: 6, maxLength: 40 })
      .filter((text) => /^\w+$/.test(text.trim()) && text.trim().length > 5);

    fc.assert(
      fc.property(
        fc.uniqueArray(line, { minLength: 1, maxLength: 30, selector: (text) => text.trim() }),
        fc.nat(),
        (lines, pick) => {
          const index = pick % lines.length;
          const found = locateQuote(lines.join("\n"), lines[index] ?? "");

          expect(found).toMatchObject({ startLine: index + 1, endLine: index + 1 });
        },
      ),
    );
  });

  it.each([
    ["a line of 5 MB", `${"a".repeat(5_000_000)}b`, `b${"a".repeat(7_000)}`, undefined],
    ["a line of 5 MB that matches everywhere", "ab".repeat(2_500_000), "ab".repeat(3_000), 1],
    ["100,000 equal lines", "  }\n".repeat(100_000), `${"}\n".repeat(3_000)}x = 1;`, undefined],
    [
      "100,000 similar lines",
      Array.from({ length: 100_000 }, (_, n) => `  call(first, second, ${n});`).join("\n"),
      "call(first, second, 5x0000);",
      50_001,
    ],
    [
      "a quote that is elided everywhere",
      "a = b + c\nfoo(bar)\n".repeat(50_000),
      "a = b + c\n...\nfoo(bar)\n...\na = b + c",
      49_999,
    ],
  ])(
    "is linear on %s",
    (_, text, quote, startLine) => {
      expect(locateQuote(text, quote, 50_000)?.startLine).toBe(startLine);
    },
    5_000,
  );
});
