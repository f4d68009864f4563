import type { Request, Response } from "express";

import { db } from "../db.ts";
import { asyncHandler } from "../http/async-handler.ts";
import { HttpError, notFound } from "../http/http-error.ts";
import { requireStaff } from "../http/session.ts";

interface CouponRow {
  code: string;
  percent_off: number;
  valid_until: string;
  uses_left: number;
}

const CACHE_MS = 60_000;
const cache = new Map<string, { coupon: CouponRow; until: number }>();

/** Coupons are asked for on every keystroke in the cart, hence the cache. */
async function couponByCode(code: string): Promise<CouponRow> {
  const cached = cache.get(code);
  if (cached !== undefined && cached.until > Date.now()) return cached.coupon;

  const { rows } = await db.query<CouponRow>("SELECT * FROM coupons WHERE code = $1 AND valid_until >= now()", [code]);
  const coupon = rows[0];
  if (coupon === undefined) throw notFound("coupon");
  cache.set(code, { coupon, until: Date.now() + CACHE_MS });
  return coupon;
}

async function getCoupon(req: Request, res: Response): Promise<void> {
  const coupon = await couponByCode(req.params["code"] ?? "");
  res.json({ code: coupon.code, percentOff: coupon.percent_off });
}

async function redeemCoupon(req: Request, res: Response): Promise<void> {
  const { rowCount } = await db.query(
    "UPDATE coupons SET uses_left = uses_left - 1 WHERE code = $1 AND uses_left > 0 AND valid_until >= now()",
    [req.params["code"]],
  );
  if (rowCount === 0) throw new HttpError(410, "this coupon is used up");
  cache.delete(req.params["code"] ?? "");
  res.status(204).end();
}

async function dropFromCache(codes: readonly string[]): Promise<number> {
  const dropped = await Promise.all(codes.map(async (code) => cache.delete(code)));
  return dropped.filter(Boolean).length;
}

async function withdrawCoupons(req: Request, res: Response): Promise<void> {
  requireStaff(res);
  const { codes } = req.body as { codes: string[] };
  await db.query("UPDATE coupons SET uses_left = 0 WHERE code = ANY($1)", [codes]);
  res.json({ dropped: await dropFromCache(codes) });
}

export const couponHandlers = {
  get: asyncHandler(getCoupon),
  redeem: asyncHandler(redeemCoupon),
  withdraw: asyncHandler(withdrawCoupons),
};
