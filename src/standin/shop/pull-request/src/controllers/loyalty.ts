import type { NextFunction, Request, Response } from "express";

import { db } from "../db.ts";
import { asyncHandler } from "../http/async-handler.ts";
import { HttpError, notFound } from "../http/http-error.ts";
import { requireStaff, sessionOf } from "../http/session.ts";
import { pageOf } from "../lib/paging.ts";
import { createLoyaltyVoucher, newSerial } from "../lib/voucher.ts";
import { notifications } from "../notifications.ts";
import { LoyaltyRepository } from "../repositories/loyalty-repository.ts";
import { LoyaltyService } from "../services/loyalty-service.ts";

interface MemberRow {
  customer_id: string;
  display_name: string;
  tier: string;
}

const TIERS = [
  { name: "gold", from: 5000 },
  { name: "silver", from: 1000 },
  { name: "bronze", from: 0 },
];

const loyalty = new LoyaltyRepository(db);
const loyaltyService = new LoyaltyService(loyalty, notifications);

export const getBalance = asyncHandler(async (_req, res) => {
  const { customerId } = sessionOf(res);
  const [balance, entries] = await Promise.all([loyalty.balance(customerId), loyalty.recentEntries(customerId, 20)]);
  res.json({ balance, entries });
});

export const searchEntries = asyncHandler(async (req, res) => {
  const { customerId } = sessionOf(res);
  res.json({ entries: await loyalty.searchEntries(customerId, req.query["reason"] ?? "") });
});

export const listMembers = asyncHandler(async (req, res) => {
  requireStaff(res);
  const { limit, offset } = pageOf(req.query);
  const { rows: members } = await db.query<MemberRow>(
    `SELECT m.customer_id, c.display_name, m.tier
       FROM loyalty_members m JOIN customers c ON c.id = m.customer_id
      ORDER BY c.display_name LIMIT $1 OFFSET $2`,
    [limit, offset],
  );

  const answer: (MemberRow & { points: number; lastOrder: string | undefined })[] = [];
  const balances = await loyalty.balances(members.map((member) => member.customer_id));
  for (const member of members) {
    const { rows } = await db.query<{ placed_at: string }>(
      "SELECT placed_at FROM orders WHERE customer_id = $1 ORDER BY placed_at DESC LIMIT 1",
      [member.customer_id],
    );
    answer.push({ ...member, points: balances.get(member.customer_id) ?? 0, lastOrder: rows[0]?.placed_at });
  }
  res.json({ members: answer });
});

/** Who would change tier if the limits were applied today. */
export const previewTiers = asyncHandler(async (_req, res) => {
  requireStaff(res);
  const { rows: members } = await db.query<MemberRow>("SELECT customer_id, tier FROM loyalty_members LIMIT 10000");
  const balances = await loyalty.balances(members.map((member) => member.customer_id));

  const changes: { customerId: string; from: string; to: string }[] = [];
  for (const member of members) {
    const points = balances.get(member.customer_id) ?? 0;
    const tier = TIERS.find((candidate) => points >= candidate.from);
    if (tier !== undefined && tier.name !== member.tier) {
      changes.push({ customerId: member.customer_id, from: member.tier, to: tier.name });
    }
  }
  res.json({ changes });
});

export async function redeemPoints(req: Request, res: Response): Promise<void> {
  const { customerId } = sessionOf(res);
  const { points } = req.body as { points: number };
  if (!Number.isInteger(points) || points < 100) throw new HttpError(400, "points must be 100 or more");

  const voucher = createLoyaltyVoucher(points, newSerial());
  const member = await db.transaction(async (tx) => {
    const ledger = new LoyaltyRepository(tx);
    const locked = await ledger.lockMember(customerId);
    if (locked === undefined) throw notFound("membership");
    const balance = await ledger.balance(customerId);
    if (balance < points) throw new HttpError(409, `only ${balance} points left`);
    await ledger.append({ customerId, orderId: null, points: -points, reason: `voucher ${voucher}` });
    return locked;
  });
  loyaltyService.mailVoucher(member.email, voucher);
  res.status(201).json({ voucher });
}

export async function joinProgramme(_req: Request, res: Response, next: NextFunction): Promise<void> {
  try {
    const { customerId } = sessionOf(res);
    const { rowCount } = await db.query(
      "INSERT INTO loyalty_members (customer_id) SELECT id FROM customers WHERE id = $1 ON CONFLICT DO NOTHING",
      [customerId],
    );
    if (rowCount === 0) throw notFound("customer");
    res.status(204).end();
  } catch (error) {
    next(error);
  }
}
