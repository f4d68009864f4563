import { createHash, createHmac } from "node:crypto";

import type { Asked } from "./provider-server.ts";

const hash = (text: string): string => createHash("sha256").update(text).digest("hex");
const keyed = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

/** Whether the request carries AWS's Signature Version 4 of that secret, computed as its documentation says and not by AWS's code. */
export function isSignedWith(
  secretAccessKey: string,
  service: string,
  { method, path, headers, text }: Asked,
): boolean {
  const authorization = headers.authorization ?? "";
  const match =
    /^AWS4-HMAC-SHA256 Credential=[^/]+\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+), Signature=(\w+)$/.exec(
      authorization,
    );
  const [, day = "", region = "", named = "", signedNames = "", signature = ""] = match ?? [];
  if (match === null || named !== service) return false;
  const signed = signedNames.split(";").map((name) => `${name}:${String(headers[name]).trim()}\n`);
  // Every service but S3 signs the path with each part encoded once more.
  const canonicalPath = path.split("/").map(encodeURIComponent).join("/");
  const canonical = [method, canonicalPath, "", signed.join(""), signedNames, hash(text)].join("\n");
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = ["AWS4-HMAC-SHA256", String(headers["x-amz-date"]), scope, hash(canonical)].join("\n");
  const key = ["aws4_request"].reduce(
    (sum, part) => keyed(sum, part),
    keyed(keyed(keyed(`AWS4${secretAccessKey}`, day), region), service),
  );
  return keyed(key, toSign).toString("hex") === signature;
}
