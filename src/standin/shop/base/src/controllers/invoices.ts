import type { NextFunction, Request, Response } from "express";

import { db } from "../db.ts";
import { asyncHandler } from "../http/async-handler.ts";
import { notFound } from "../http/http-error.ts";
import { requireStaff } from "../http/session.ts";
import { formatCents } from "../lib/money.ts";
import { chunk } from "../lib/paging.ts";

interface InvoiceRow {
  id: string;
  number: string;
  order_id: string;
  due_on: string;
  paid_at: string | null;
  total_cents: number;
}

const INVOICE_WITH_TOTAL = `SELECT i.*, o.total_cents FROM invoices i JOIN orders o ON o.id = i.order_id`;
const BATCH_SIZE = 500;

async function findInvoice(number: string): Promise<InvoiceRow> {
  const { rows } = await db.query<InvoiceRow>(`${INVOICE_WITH_TOTAL} WHERE i.number = $1`, [number]);
  const invoice = rows[0];
  if (invoice === undefined) throw notFound("invoice");
  return invoice;
}

export async function getInvoice(req: Request, res: Response, next: NextFunction): Promise<void> {
  try {
    requireStaff(res);
    const invoice = await findInvoice(req.params["number"] ?? "");
    res.json({ ...invoice, total: formatCents(invoice.total_cents) });
  } catch (error) {
    next(error);
  }
}

export const listOverdue = asyncHandler(async (_req, res) => {
  requireStaff(res);
  const { rows } = await db.query<InvoiceRow>(
    `${INVOICE_WITH_TOTAL} WHERE i.paid_at IS NULL AND i.due_on < now() ORDER BY i.due_on LIMIT 500`,
  );
  res.json({ invoices: rows });
});

/** The bank's file can carry thousands of invoices a day; they are marked in batches. */
export const markPaid = asyncHandler(async (req, res) => {
  requireStaff(res);
  const { numbers } = req.body as { numbers: string[] };
  const marked = await db.transaction(async (tx) => {
    let count = 0;
    for (const batch of chunk(numbers, BATCH_SIZE)) {
      const { rowCount } = await tx.query(
        "UPDATE invoices SET paid_at = now() WHERE number = ANY($1) AND paid_at IS NULL",
        [batch],
      );
      count += rowCount ?? 0;
    }
    return count;
  });
  res.json({ marked, unknown: numbers.length - marked });
});
