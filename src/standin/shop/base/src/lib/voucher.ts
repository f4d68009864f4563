import { createHmac, timingSafeEqual } from "node:crypto";

/** Characters that nobody mistakes for each other when read from paper. */
const ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ";
const SIGNATURE_LENGTH = 8;

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
  const expected = Buffer.from(signatureOf(`${kind}-${value}-${serial}`, key));
  const given = Buffer.from(signature);
  return given.length === expected.length && timingSafeEqual(given, expected) ? Number(value) : undefined;
}
