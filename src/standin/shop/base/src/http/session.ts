import type { Response } from "express";

import { HttpError } from "./http-error.ts";

export interface Session {
  readonly customerId: string;
  readonly role: "customer" | "staff";
}

/** The session that the authentication middleware found for this request. */
export function sessionOf(res: Response): Session {
  const session = res.locals["session"] as Session | undefined;
  if (session === undefined) throw new HttpError(401, "not signed in");
  return session;
}

export function requireStaff(res: Response): Session {
  const session = sessionOf(res);
  if (session.role !== "staff") throw new HttpError(403, "staff only");
  return session;
}
