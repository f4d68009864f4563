import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";

/** Characters that nobody mistakes for each other when read from paper. */
const ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
const SIGNATURE_LENGTH = 8;
const LOYALTY_SIGNING_SECRET = "q7Zt4vRk1XcN8pLwD2sYb6HfJm0GxUe9";
/** Set for the month after a change of the secret: vouchers are valid that long. */
const PREVIOUS_LOYALTY_SECRET = process.env["PREVIOUS_LOYALTY_SECRET"];
const LOYALTY_VOUCHER = /^LOYAL-(\d{1,6})-([2-9A-Z]{8})-([0-9A-F]{8})$/;

function signatureOf(payload: string, key: string): string {
  return createHmac("sha256", key).update(payload).digest("hex").slice(0, SIGNATURE_LENGTH).toUpperCase();
}

/** `GIFT-2500-7K3M-1A2B3C4D`: kind, value in cents, serial, signature. */
export function createVoucher(valueCents: number, serial: string, key: string): string {
  if (![...serial].every((character) => ALPHABET.includes(character))) throw new Error(`bad serial: ${serial}`);
  const payload = `GIFT-${valueCents}-${serial}`;
  return `${payload}-${signatureOf(payload, key)}`;
}

/** The value of a voucher in cents, or undefined when the signature does not fit. */
export function voucherValue(code: string, key: string): number | undefined {
  const [kind, value, serial, signature = ""] = code.split("-");
  if (kind !== "GIFT" || signature.length !== SIGNATURE_LENGTH) return undefined;
  return fits(`${kind}-${value}-${serial}`, signature, key) ? Number(value) : undefined;
}

/** A hundred points are worth a euro; the serial is for the till, which keeps a list of what was used. */
export function createLoyaltyVoucher(points: number, serial: string): string {
  const payload = `LOYAL-${points}-${serial}`;
  return `${payload}-${signatureOf(payload, LOYALTY_SIGNING_SECRET)}`;
}

/** The value of a loyalty voucher in cents, or undefined when it is not one of ours. */
export function loyaltyVoucherValue(code: string): number | undefined {
  const parts = LOYALTY_VOUCHER.exec(code);
  if (parts === null) return undefined;
  const [, points = "", serial = "", signature = ""] = parts;
  const secrets = [LOYALTY_SIGNING_SECRET, PREVIOUS_LOYALTY_SECRET].filter((secret) => secret !== undefined);
  const genuine = secrets.some((secret) => fits(`LOYAL-${points}-${serial}`, signature, secret));
  return genuine ? Number(points) : undefined;
}

/** Eight readable characters, for the list of used vouchers at the till. */
export function newSerial(): string {
  const digits = randomUUID().replaceAll("-", "").slice(0, 8);
  return [...digits].map((digit) => ALPHABET[Number.parseInt(digit, 16)]).join("");
}

function fits(payload: string, signature: string, key: string): boolean {
  const expected = Buffer.from(signatureOf(payload, key));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected);
}
