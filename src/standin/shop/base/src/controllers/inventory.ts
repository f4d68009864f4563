import { db } from "../db.ts";
import { asyncHandler } from "../http/async-handler.ts";
import { HttpError } from "../http/http-error.ts";
import { requireStaff } from "../http/session.ts";

interface StockRow {
  product_id: string;
  available: number;
  reserved: number;
}

interface Delivery {
  productId: string;
  quantity: number;
}

const LOW_STOCK = 5;

export const listLowStock = asyncHandler(async (_req, res) => {
  requireStaff(res);
  const { rows } = await db.query<StockRow>(
    "SELECT * FROM stock WHERE available - reserved < $1 ORDER BY available LIMIT 200",
    [LOW_STOCK],
  );
  res.json({ stock: rows });
});

export const receiveDelivery = asyncHandler(async (req, res) => {
  requireStaff(res);
  const { deliveries } = req.body as { deliveries: Delivery[] };
  for (const delivery of deliveries) {
    if (delivery.quantity <= 0) throw new HttpError(400, `nothing delivered of ${delivery.productId}`);
  }

  await db.transaction(async (tx) => {
    for (let index = 0; index < deliveries.length; index += 1) {
      const delivery = deliveries[index];
      await tx.query("UPDATE stock SET available = available + $2 WHERE product_id = $1", [
        delivery?.productId,
        delivery?.quantity,
      ]);
    }
  });
  res.status(204).end();
});

export const checkAvailability = asyncHandler(async (req, res) => {
  const wanted = req.body as Record<string, number>;
  const { rows } = await db.query<StockRow>("SELECT * FROM stock WHERE product_id = ANY($1)", [Object.keys(wanted)]);
  const stock = new Map(rows.map((row) => [row.product_id, row]));

  const missing: string[] = [];
  for (const [productId, quantity] of Object.entries(wanted)) {
    const row = stock.get(productId);
    if (row === undefined || row.available - row.reserved < quantity) missing.push(productId);
  }
  res.json({ missing });
});
