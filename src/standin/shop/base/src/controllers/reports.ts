import type { Request, Response } from "express";

import { db } from "../db.ts";
import { asyncHandler } from "../http/async-handler.ts";
import { requireStaff } from "../http/session.ts";
import { formatCents } from "../lib/money.ts";

interface RevenueRow {
  month: string;
  orders: number;
  cents: number;
}

interface BestSellerRow {
  product_id: string;
  name: string;
  sold: number;
}

export const revenueByMonth = asyncHandler(async (_req, res) => {
  requireStaff(res);
  const { rows } = await db.query<RevenueRow>(
    `SELECT to_char(placed_at, 'YYYY-MM') AS month, count(*) AS orders, sum(total_cents) AS cents
       FROM orders WHERE status <> 'cancelled'
      GROUP BY month ORDER BY month DESC LIMIT 24`,
  );
  res.json({ months: rows.map((row) => ({ ...row, revenue: formatCents(row.cents) })) });
});

export function bestSellers(_req: Request, res: Response): void {
  requireStaff(res);
  db.query<BestSellerRow>(
    `SELECT i.product_id, p.name, sum(i.quantity) AS sold
       FROM order_items i JOIN products p ON p.id = i.product_id
      GROUP BY i.product_id, p.name ORDER BY sold DESC LIMIT 20`,
  ).then(({ rows }) => {
    res.json({ products: rows });
  });
}

/** For the accountant's spreadsheet: one row for each customer and month of a year. */
export const customerRevenueCsv = asyncHandler(async (req, res) => {
  requireStaff(res);
  const { rows } = await db.query<{ customer_id: string; month: string; cents: number }>(
    `SELECT customer_id, to_char(placed_at, 'YYYY-MM') AS month, sum(total_cents) AS cents
       FROM orders WHERE extract(year FROM placed_at) = $1
      GROUP BY customer_id, month ORDER BY customer_id, month LIMIT 100000`,
    [req.params["year"]],
  );
  res.type("text/csv");
  res.write("customer,month,cents\n");
  for (const row of rows) res.write(`${row.customer_id},${row.month},${row.cents}\n`);
  res.end();
});
