import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";

/** Puts values into cookies so that nobody but us reads or changes them. */
export type Sealer = {
  /** @param purpose a value sealed for one purpose cannot be opened for another */
  seal(purpose: string, value: unknown): string;
  /** Undefined for what was not sealed by us for this purpose. */
  open(purpose: string, sealed: string): unknown;
  /** A word that only we can make of that text. */
  sign(purpose: string, text: string): string;
};

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** AES-256-GCM, with keys that follow from `secret`. Processes with the same secret open each other's values. */
export function sealerOf(secret: string): Sealer {
  const key = (purpose: string): Buffer =>
    Buffer.from(hkdfSync("sha256", secret, "", `parallel-review/page/${purpose}`, 32));
  return {
    seal(purpose, value) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key(purpose), nonce);
      const body = Buffer.concat([cipher.update(JSON.stringify(value), "utf8"), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString("base64url");
    },
    open(purpose, sealed) {
      const bytes = Buffer.from(sealed, "base64url");
      if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined;
      const decipher = createDecipheriv("aes-256-gcm", key(purpose), bytes.subarray(0, NONCE_BYTES), {
        authTagLength: TAG_BYTES,
      });
      decipher.setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
      try {
        const body = bytes.subarray(NONCE_BYTES + TAG_BYTES);
        const opened: unknown = JSON.parse(Buffer.concat([decipher.update(body), decipher.final()]).toString("utf8"));
        return opened;
      } catch {
        return undefined;
      }
    },
    sign: (purpose, text) => createHmac("sha256", key(purpose)).update(text).digest("base64url"),
  };
}
