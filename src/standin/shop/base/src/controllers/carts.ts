import { db } from "../db.ts";
import { asyncHandler } from "../http/async-handler.ts";
import { HttpError } from "../http/http-error.ts";
import { sessionOf } from "../http/session.ts";

interface CartItemRow {
  product_id: string;
  quantity: number;
}

interface ProductRow {
  id: string;
  name: string;
  price_cents: number;
}

const LARGEST_QUANTITY = 99;

export const getCart = asyncHandler(async (_req, res) => {
  const { customerId } = sessionOf(res);
  const { rows: items } = await db.query<CartItemRow>(
    "SELECT product_id, quantity FROM cart_items WHERE customer_id = $1 LIMIT 200",
    [customerId],
  );

  const lines = await Promise.all(
    items.map(async (item) => {
      const { rows } = await db.query<ProductRow>("SELECT id, name, price_cents FROM products WHERE id = $1", [
        item.product_id,
      ]);
      return { product: rows[0], quantity: item.quantity };
    }),
  );
  const totalCents = lines.reduce((sum, line) => sum + line.quantity * (line.product?.price_cents ?? 0), 0);
  res.json({ lines, totalCents });
});

export const putCartItem = asyncHandler(async (req, res) => {
  const { customerId } = sessionOf(res);
  const { quantity } = req.body as { quantity: number };
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > LARGEST_QUANTITY) {
    throw new HttpError(400, `quantity must be a whole number from 1 to ${LARGEST_QUANTITY}`);
  }
  await db.query(
    `INSERT INTO cart_items (customer_id, product_id, quantity) VALUES ($1, $2, $3)
     ON CONFLICT (customer_id, product_id) DO UPDATE SET quantity = excluded.quantity`,
    [customerId, req.params["productId"], quantity],
  );
  res.status(204).end();
});

export const deleteCartItem = asyncHandler(async (req, res) => {
  const { customerId } = sessionOf(res);
  await db.query("DELETE FROM cart_items WHERE customer_id = $1 AND product_id = $2", [
    customerId,
    req.params["productId"],
  ]);
  res.status(204).end();
});
