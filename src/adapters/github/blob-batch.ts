import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";

import { z } from "zod";

import { sendQuery } from "./graphql.ts";
import type { GitHub } from "./octokit.ts";

/** A blob to read, and its size in bytes as the tree gives it. */
export type BlobRef = { readonly oid: string; readonly size: number };

/** GitHub cuts the text of larger blobs in GraphQL answers. */
const GRAPHQL_BYTES = 500_000;
const BATCH_BLOBS = 100;
const BATCH_BYTES = 2_000_000;
/** REST requests under way at once, for what GraphQL does not give. */
const WIDTH = 6;

const BlobText = z.object({ text: z.string().nullish(), isBinary: z.boolean().nullish() }).nullish();
const RestBlob = z.object({ content: z.string(), encoding: z.string() });

/**
 * The bytes of many blobs, a hundred a request. A text is believed only when it hashes to the id that was asked for, because
 * GraphQL gives decoded text; what does not, binaries, and everything when GraphQL is refused, is read as base64, one by one.
 * @throws {ConfigurationError | ExternalError}
 */
export async function readBlobs(
  github: GitHub,
  blobs: readonly BlobRef[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Uint8Array>> {
  const found = new Map<string, Uint8Array>();
  const small = blobs.filter(({ size }) => size <= GRAPHQL_BYTES);
  for (const batch of batches(small)) {
    // oxlint-disable-next-line no-await-in-loop -- one after the other, as GitHub asks for; few are needed
    const texts = await readTexts(github, batch, signal);
    if (texts === undefined) break;
    for (const [oid, bytes] of texts) found.set(oid, bytes);
  }
  const rest = blobs.filter(({ oid }) => !found.has(oid));
  const next = rest.values();
  await Promise.all(
    Array.from({ length: Math.min(WIDTH, rest.length) }, async () => {
      for (const { oid } of next) found.set(oid, await readBytes(github, oid, signal));
    }),
  );
  return found;
}

function batches(blobs: readonly BlobRef[]): readonly (readonly BlobRef[])[] {
  const all: BlobRef[][] = [];
  let bytes = 0;
  for (const blob of blobs) {
    const last = all.at(-1);
    bytes += blob.size;
    if (last === undefined || last.length === BATCH_BLOBS || bytes > BATCH_BYTES) {
      all.push([blob]);
      bytes = blob.size;
    } else {
      last.push(blob);
    }
  }
  return all;
}

/** Undefined when GraphQL is not to be had; without the blobs whose text is not exactly the blob. */
async function readTexts(
  github: GitHub,
  batch: readonly BlobRef[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Uint8Array> | undefined> {
  const names = batch.map((_, index) => `b${index}`);
  const declared = names.map((name) => `$${name}: GitObjectID!`).join(", ");
  const asked = names.map((name) => `${name}: object(oid: $${name}) { ... on Blob { text isBinary } }`).join(" ");
  const answer = await sendQuery(
    github,
    `query Blobs($owner: String!, $name: String!, ${declared}) { repository(owner: $owner, name: $name) { ${asked} } }`,
    {
      owner: github.owner,
      name: github.name,
      ...Object.fromEntries(batch.map(({ oid }, index) => [`b${index}`, oid])),
    },
    z.object({ repository: z.record(z.string(), BlobText) }),
    signal,
  );
  if (!answer.ok) return undefined;
  const { repository } = answer.data;
  return new Map(
    batch.flatMap(({ oid }, index) => {
      const text = repository[`b${index}`]?.text;
      const bytes = new TextEncoder().encode(text ?? "");
      return gitId(bytes, oid.length) === oid ? [[oid, bytes] as const] : [];
    }),
  );
}

async function readBytes(github: GitHub, oid: string, signal: AbortSignal): Promise<Uint8Array> {
  const blob = await github.ask(
    { route: "GET /repos/{owner}/{repo}/git/blobs/{file_sha}", parameters: { file_sha: oid } },
    RestBlob,
    { what: "read a file's content", permission: "contents: read" },
    signal,
  );
  return blob.encoding === "base64" ? Buffer.from(blob.content, "base64") : new TextEncoder().encode(blob.content);
}

/** The id that git gives these bytes as a blob; 64 digits in SHA-256 repositories. */
function gitId(bytes: Uint8Array, digits: number): string {
  return createHash(digits === 64 ? "sha256" : "sha1")
    .update(`blob ${bytes.length}\0`)
    .update(bytes)
    .digest("hex");
}
