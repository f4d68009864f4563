import { randomUUID } from "node:crypto";

import { db } from "../db.ts";
import { asyncHandler } from "../http/async-handler.ts";
import { HttpError, notFound } from "../http/http-error.ts";
import { sessionOf } from "../http/session.ts";
import { pageOf } from "../lib/paging.ts";

interface OrderRow {
  id: string;
  customer_id: string;
  status: string;
  total_cents: number;
  placed_at: string;
}

interface OrderItemRow {
  order_id: string;
  product_id: string;
  quantity: number;
  price_cents: number;
}

interface CartLine {
  product_id: string;
  quantity: number;
  price_cents: number;
}

export const listOrders = asyncHandler(async (req, res) => {
  const { customerId } = sessionOf(res);
  const { limit, offset } = pageOf(req.query);
  const { rows: orders } = await db.query<OrderRow>(
    "SELECT * FROM orders WHERE customer_id = $1 ORDER BY placed_at DESC LIMIT $2 OFFSET $3",
    [customerId, limit, offset],
  );

  const answer: (OrderRow & { items: OrderItemRow[] })[] = [];
  for (const order of orders) {
    const { rows: items } = await db.query<OrderItemRow>("SELECT * FROM order_items WHERE order_id = $1", [order.id]);
    answer.push({ ...order, items });
  }
  res.json({ orders: answer });
});

export const getOrder = asyncHandler(async (req, res) => {
  const { customerId } = sessionOf(res);
  const { rows } = await db.query<OrderRow>("SELECT * FROM orders WHERE id = $1 AND customer_id = $2", [
    req.params["id"],
    customerId,
  ]);
  const order = rows[0];
  if (order === undefined) throw notFound("order");
  const { rows: items } = await db.query<OrderItemRow>(
    "SELECT * FROM order_items WHERE order_id = $1 ORDER BY product_id",
    [order.id],
  );
  res.json({ ...order, items });
});

export const placeOrder = asyncHandler(async (_req, res) => {
  const { customerId } = sessionOf(res);
  const orderId = await db.transaction(async (tx) => {
    const { rows: lines } = await tx.query<CartLine>(
      `SELECT c.product_id, c.quantity, p.price_cents
         FROM cart_items c JOIN products p ON p.id = c.product_id
        WHERE c.customer_id = $1
          FOR UPDATE OF c`,
      [customerId],
    );
    if (lines.length === 0) throw new HttpError(409, "the cart is empty");

    const id = randomUUID();
    const total = lines.reduce((sum, line) => sum + line.quantity * line.price_cents, 0);
    await tx.query("INSERT INTO orders (id, customer_id, total_cents) VALUES ($1, $2, $3)", [id, customerId, total]);
    await tx.query(
      `INSERT INTO order_items (order_id, product_id, quantity, price_cents)
       SELECT $1, * FROM unnest($2::uuid[], $3::int[], $4::int[])`,
      [
        id,
        lines.map((line) => line.product_id),
        lines.map((line) => line.quantity),
        lines.map((line) => line.price_cents),
      ],
    );
    await tx.query("DELETE FROM cart_items WHERE customer_id = $1", [customerId]);
    return id;
  });
  res.status(201).json({ id: orderId });
});
