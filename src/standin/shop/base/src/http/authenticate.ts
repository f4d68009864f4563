import type { RequestHandler } from "express";

import type { Session } from "./session.ts";

/** The gateway has checked the cookie; it names the customer in headers that it strips from what comes from outside. */
export const authenticate: RequestHandler = (req, res, next) => {
  const customerId = req.get("x-shop-customer");
  if (customerId !== undefined) {
    const role = req.get("x-shop-role") === "staff" ? "staff" : "customer";
    res.locals["session"] = { customerId, role } satisfies Session;
  }
  next();
};
