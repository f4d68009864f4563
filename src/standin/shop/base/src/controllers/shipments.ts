import type { Request, Response } from "express";

import { db } from "../db.ts";
import { asyncHandler } from "../http/async-handler.ts";
import { HttpError, notFound } from "../http/http-error.ts";
import { requireStaff, sessionOf } from "../http/session.ts";

interface ShipmentRow {
  id: string;
  order_id: string;
  carrier: string;
  tracking_id: string;
  status: string;
}

const STATUSES = ["announced", "in transit", "delivered", "returned"];

export const listShipments = asyncHandler(async (req, res) => {
  const { customerId } = sessionOf(res);
  const { rows } = await db.query<ShipmentRow>(
    `SELECT s.* FROM shipments s JOIN orders o ON o.id = s.order_id
      WHERE o.id = $1 AND o.customer_id = $2 LIMIT 20`,
    [req.params["orderId"], customerId],
  );
  res.json({ shipments: rows });
});

/** The carriers call this when a parcel moves. */
export const carrierUpdate = async (req: Request, res: Response): Promise<void> => {
  const { trackingId, status } = req.body as { trackingId: string; status: string };
  if (!STATUSES.includes(status)) {
    res.status(400).json({ error: `unknown status: ${status}` });
    return;
  }
  const { rowCount } = await db.query("UPDATE shipments SET status = $2 WHERE tracking_id = $1", [trackingId, status]);
  res.status(rowCount === 0 ? 404 : 204).end();
};

export const trackShipment = asyncHandler(async (req, res) => {
  requireStaff(res);
  const { rows } = await db.query<ShipmentRow>("SELECT * FROM shipments WHERE id = $1", [req.params["id"]]);
  const shipment = rows[0];
  if (shipment === undefined) throw notFound("shipment");

  const url = `https://track.${shipment.carrier}.example/v1/${encodeURIComponent(shipment.tracking_id)}`;
  const answer = await fetch(url, { signal: AbortSignal.timeout(5000) });
  if (!answer.ok) throw new HttpError(502, `${shipment.carrier} answered ${answer.status}`);
  res.json({ ...shipment, events: await answer.json() });
});
