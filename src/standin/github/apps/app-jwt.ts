import { verify } from "node:crypto";

import { refusal } from "../http/answer.ts";
import { isObject } from "../http/request-body.ts";
import type { World } from "../world.ts";
import type { StandinApp } from "./model-app.ts";

/** Documented: a token may run for ten minutes at most. */
const LONGEST_LIFE_S = 600;
/** What two clocks may differ by. */
const DRIFT_S = 60;

interface Claims {
  readonly iss: string;
  readonly iat: number;
  readonly exp: number;
}

/** Whether a credential has the shape of a JSON web token. */
export function isJwt(credential: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(credential);
}

/** The App that signed the token with its private key. @throws Refusal 401 as GitHub words it */
export function appOfJwt(world: World, jwt: string): StandinApp {
  const [header = "", body = "", signature = ""] = jwt.split(".");
  const claims = claimsOf(decode(body));
  const head = decode(header);
  if (claims === undefined || !isObject(head) || head["alg"] !== "RS256")
    throw refusal(401, "A JSON web token could not be decoded");
  const app = [...world.apps.values()].find(({ id, clientId }) => String(id) === claims.iss || clientId === claims.iss);
  if (app === undefined) throw refusal(404, "Integration not found");
  const isSigned = verify(
    "RSA-SHA256",
    Buffer.from(`${header}.${body}`),
    app.publicKey,
    Buffer.from(signature, "base64url"),
  );
  if (!isSigned) throw refusal(401, "A JSON web token could not be decoded");
  const seconds = world.clock().getTime() / 1000;
  if (claims.iat > seconds + DRIFT_S) {
    throw refusal(
      401,
      "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
    );
  }
  if (claims.exp <= seconds)
    throw refusal(
      401,
      "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
    );
  if (claims.exp > seconds + LONGEST_LIFE_S + DRIFT_S)
    throw refusal(401, "'Expiration time' claim ('exp') is too far in the future");
  return app;
}

function decode(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}

function claimsOf(value: unknown): Claims | undefined {
  if (!isObject(value)) return undefined;
  const { iss, iat, exp } = value;
  if ((typeof iss !== "string" && typeof iss !== "number") || typeof iat !== "number" || typeof exp !== "number") {
    return undefined;
  }
  return { iss: String(iss), iat, exp };
}
