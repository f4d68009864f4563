import { describe, expect, it } from "vitest";

import { isTest, pairTests } from "../../src/domain/test-subject.ts";

describe("tests and their subjects", () => {
  it.each([
    ["src/a.test.ts", "src/a.ts"],
    ["src/__tests__/a.ts", "src/a.ts"],
    ["test/domain/a.test.ts", "src/domain/a.ts"],
    ["src/Button.spec.tsx", "src/Button.tsx"],
    ["tests/test_orders.py", "shop/orders.py"],
    ["store/db_test.go", "store/db.go"],
    ["src/test/java/com/acme/CartTest.java", "src/main/java/com/acme/Cart.java"],
    ["spec/models/user_spec.rb", "app/models/user.rb"],
  ])("%s tests %s", (test, subject) => {
    expect([...pairTests([test, subject])]).toEqual([[test, subject]]);
  });

  it("prefers the subject in the mirrored folder over another of the same name", () => {
    const paths = ["lib/b/index.ts", "src/a/index.ts", "src/b/index.ts", "test/a/index.test.ts"];

    expect(pairTests(paths).get("test/a/index.test.ts")).toBe("src/a/index.ts");
  });

  it("pairs nothing across languages, or when several subjects are as likely", () => {
    const paths = ["x/a.go", "y/b.ts", "z/b.ts", "test/a.test.ts", "test/b.test.ts"];

    expect(pairTests(paths).size).toBe(0);
  });

  it("does not pair a test beside its code with a namesake in another folder", () => {
    expect(pairTests(["router/linear/router.test.ts", "router/trie/router.ts"]).size).toBe(0);
  });

  it("does not take words that only look like it for tests", () => {
    expect(["src/latest.ts", "src/contest.py", "src/Fastest.java", "src/Manifest.kt"].filter(isTest)).toEqual([]);
  });
});
