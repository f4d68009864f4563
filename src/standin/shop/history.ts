/** A commit of the example: who wrote what, when, and which files it brings in their final state. */
export interface Commit {
  readonly message: string;
  readonly author: Person;
  /** ISO 8601 with an offset of UTC; both the author's and the committer's date. */
  readonly date: string;
  /** Paths from the root of the example; one that ends with a slash stands for all below it. */
  readonly paths: readonly string[];
}

interface Person {
  readonly login: string;
  readonly name: string;
  readonly email: string;
}

const mara: Person = { login: "mara-lindqvist", name: "Mara Lindqvist", email: "mara@corner-shop.example" };
const teun: Person = { login: "teun-devries", name: "Teun de Vries", email: "teun@corner-shop.example" };

/** The default branch, oldest first. Each file of `base/` comes in by exactly one of them. */
export const baseCommits: readonly Commit[] = [
  {
    message: "Set up the shop: TypeScript, Express, Postgres",
    author: teun,
    date: "2026-03-02T08:12:44Z",
    paths: [
      ".env.example",
      ".gitattributes",
      ".gitignore",
      "README.md",
      "package-lock.json",
      "package.json",
      "tsconfig.json",
      "types/",
      "scripts/",
      "src/config.ts",
      "src/db.ts",
      "src/logger.ts",
      "src/prisma.ts",
      "src/http/",
      "src/lib/money.ts",
      "src/lib/paging.ts",
      "test/money.test.ts",
      "test/paging.test.ts",
    ],
  },
  {
    message: "Catalogue, customers, carts and orders",
    author: mara,
    date: "2026-03-19T15:40:02Z",
    paths: [
      "migrations/0001_catalogue_and_orders.sql",
      "docs/api.md",
      "src/client/",
      "src/controllers/products.ts",
      "src/controllers/customers.ts",
      "src/controllers/carts.ts",
      "src/controllers/orders.ts",
      "src/generated/",
      "src/repositories/",
    ],
  },
  {
    message: "Invoices, shipments, stock and reports",
    author: teun,
    date: "2026-05-07T09:27:31Z",
    paths: [
      "migrations/0002_carts_invoices_shipping.sql",
      "src/controllers/invoices.ts",
      "src/controllers/shipments.ts",
      "src/controllers/inventory.ts",
      "src/controllers/reports.ts",
    ],
  },
  {
    message: "Reviews, coupons and gift vouchers",
    author: mara,
    date: "2026-06-23T13:05:58Z",
    paths: [
      "migrations/0003_reviews_and_coupons.sql",
      "src/controllers/reviews.ts",
      "src/controllers/coupons.ts",
      "src/lib/voucher.ts",
      "test/voucher.test.ts",
    ],
  },
  {
    message: "Services with a lifecycle, started and stopped with the server",
    author: teun,
    date: "2026-08-11T07:55:10Z",
    paths: [
      "src/notifications.ts",
      "src/routes/",
      "src/server.ts",
      "src/services/customer-service.ts",
      "src/services/notification-service.ts",
      "src/services/order-service.ts",
      "src/services/pricing-service.ts",
      "src/services/product-service.ts",
      "test/pricing-service.test.ts",
    ],
  },
  {
    message: "Add BaseService\n\nFive services carry their own copy of this lifecycle. They move over one by one.",
    author: teun,
    date: "2026-10-27T10:18:36Z",
    paths: ["AGENTS.md", "REVIEW.md", ".github/", "src/services/base-service.ts"],
  },
];

/** The branch of the pull request, oldest first. Each file of `pull-request/` changes in exactly one of them. */
export const pullRequestCommits: readonly Commit[] = [
  {
    message: "Tables for loyalty members, rules and the points ledger",
    author: mara,
    date: "2026-11-09T09:02:13Z",
    paths: ["migrations/0004_loyalty_points.sql", "src/repositories/loyalty-repository.ts"],
  },
  {
    message: "Credit points for paid orders",
    author: mara,
    date: "2026-11-09T14:47:50Z",
    paths: ["src/services/loyalty-service.ts"],
  },
  {
    message: "Turn points into vouchers",
    author: mara,
    date: "2026-11-10T10:31:27Z",
    paths: [
      "src/lib/voucher.ts",
      "src/controllers/loyalty.ts",
      "src/routes/index.ts",
      "src/generated/api-types.ts",
      "test/loyalty.test.ts",
    ],
  },
  {
    message: "Show tier and points: customer page, badge in the header",
    author: mara,
    date: "2026-11-11T16:20:05Z",
    paths: ["src/controllers/customers.ts", "src/client/loyalty-badge.ts"],
  },
  {
    message: "Statements for the accountant, and how the programme works",
    author: mara,
    date: "2026-11-12T11:09:41Z",
    paths: ["scripts/export-loyalty-statements.ts", "docs/loyalty.md"],
  },
];

/** The pull request as its author opened it. */
export const pullRequest = {
  branch: "feature/loyalty-points",
  title: "Loyalty points: earn with orders, redeem as vouchers",
  author: mara.login,
  body: `Members earn points with every paid order and turn them into vouchers (100 points = 1 euro). Closes #212.

### What changes

- \`loyalty_members\`, \`loyalty_rules\` and an append-only \`loyalty_ledger\`; the balance is the sum of the ledger
- \`LoyaltyService\` credits a day's orders by tier; the nightly job that calls it comes in a follow-up
- \`/api/loyalty\`: balance, join, search, redeem; member list and tier preview for staff
- badge in the page header, tier on the customer page
- a script that exports the statements of a tier for the accountant

### How I tested it

\`npm run types\`, \`npm test\`, and by hand against the staging database: joined, placed two orders, credited them, redeemed
a voucher at the till.

### Please look at

Whether two redemptions at the same time can overdraw an account. I lock the member row first.
`,
} as const;
