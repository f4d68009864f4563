import type { Request, Response } from "express";

import { db } from "../db.ts";
import { asyncHandler } from "../http/async-handler.ts";
import { HttpError, notFound } from "../http/http-error.ts";
import { requireStaff, sessionOf } from "../http/session.ts";

interface CustomerRow {
  id: string;
  email: string;
  display_name: string;
  created_at: string;
}

export const getCustomer = asyncHandler(async (req, res) => {
  const session = sessionOf(res);
  const id = req.params["id"];
  if (session.role !== "staff" && session.customerId !== id) throw new HttpError(403, "not your account");

  const { rows } = await db.query<CustomerRow>("SELECT * FROM customers WHERE id = $1", [id]);
  const customer = rows[0];
  if (customer === undefined) throw notFound("customer");
  res.json({
    id: customer.id,
    email: customer.email,
    displayName: customer.display_name,
    since: customer.created_at,
  });
});

export const updateCustomer = asyncHandler(async (req, res) => {
  const { customerId } = sessionOf(res);
  const { displayName } = req.body as { displayName: string };
  if (displayName.trim() === "") throw new HttpError(400, "displayName must not be empty");

  const { rowCount } = await db.query("UPDATE customers SET display_name = $2 WHERE id = $1", [
    customerId,
    displayName.trim(),
  ]);
  if (rowCount === 0) throw notFound("customer");
  res.status(204).end();
});

/** What the privacy law entitles a customer to: everything we know about them, as one file. */
export async function exportCustomer(req: Request, res: Response): Promise<void> {
  requireStaff(res);
  const { rows: customers } = await db.query<CustomerRow>("SELECT * FROM customers WHERE id = $1", [req.params["id"]]);
  const { rows: orders } = await db.query("SELECT * FROM orders WHERE customer_id = $1 LIMIT 10000", [
    req.params["id"],
  ]);
  res.setHeader("Content-Disposition", "attachment; filename=customer.json");
  res.json({ customer: customers[0], orders });
}

export const searchCustomers = asyncHandler(async (req, res) => {
  requireStaff(res);
  const { rows } = await db.query<CustomerRow>(
    "SELECT * FROM customers WHERE email ILIKE $1 OR display_name ILIKE $1 ORDER BY email LIMIT 50",
    [`%${req.query["q"] ?? ""}%`],
  );
  res.json({ customers: rows });
});
