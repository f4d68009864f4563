/** Runs the built command line once at each provider, and fails unless its request arrives at that provider's path with its login. */
import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";

const LOGINS = {
  bedrock: {
    options: ["--region", "us-east-1"],
    env: { AWS_ACCESS_KEY_ID: "AKIATEST", AWS_SECRET_ACCESS_KEY: "secret" },
    path: /^\/model\/global\.anthropic\.[^/]+\/invoke-with-response-stream$/,
    authorization: /^AWS4-HMAC-SHA256 /,
  },
  vertex: {
    options: ["--region", "global"],
    // As that action sets it; without it Google's library asks a service of Google's which project the login is of.
    env: { GOOGLE_CLOUD_PROJECT: "shop-42" },
    path: /^\/projects\/shop-42\/locations\/global\/publishers\/anthropic\/models\/[^/]+:streamRawPredict$/,
    authorization: /^Bearer google-token$/,
  },
  foundry: {
    options: ["--resource", "shop"],
    env: { ANTHROPIC_FOUNDRY_API_KEY: "foundry-key" },
    path: /^\/v1\/messages$/,
    authorization: undefined,
  },
} as const;

/** What went wrong; nothing when each provider was asked once, refused us, and the program said so in one line. */
export async function smokeProviders(
  cli: string,
  folder: string,
  range: readonly string[],
  searchPath: string | undefined,
): Promise<readonly string[]> {
  const asked: { readonly path: string; readonly authorization: string | undefined }[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    request.resume();
    response.setHeader("content-type", "application/json");
    if (path === "/google-token") {
      response.end(JSON.stringify({ access_token: "google-token", expires_in: 3_600, token_type: "Bearer" }));
      return;
    }
    asked.push({ path, authorization: request.headers.authorization });
    response.writeHead(403).end(JSON.stringify({ message: "not today" }));
  });
  await new Promise<void>((listening) => void server.listen(0, "127.0.0.1", listening));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
  const login = await googleLogin(folder, url);
  const problems: string[] = [];
  for (const [provider, { options, env, path, authorization }] of Object.entries(LOGINS)) {
    asked.length = 0;
    const args = ["review", ...range, "--engine", "claude", "--quiet", "--provider", provider, "--base-url", url];
    const { status, stderr } = await run(cli, [...args, ...options], folder, {
      PATH: searchPath,
      GOOGLE_APPLICATION_CREDENTIALS: login,
      ...env,
    });
    const [first] = asked;
    const isRight =
      first !== undefined && path.test(first.path) && (authorization?.test(first.authorization ?? "") ?? true);
    if (!isRight) problems.push(`${provider} was asked ${JSON.stringify(first)}: ${stderr.slice(0, 500)}`);
    if (status !== 3 || !stderr.includes("refused the credentials")) {
      problems.push(`${provider}: a refused login ended with ${status} and said ${stderr.slice(0, 500)}`);
    }
  }
  server.close();
  server.closeAllConnections();
  return problems;
}

/** A login as google-github-actions/auth writes it: a token of the workflow, exchanged at an address that the file names. */
async function googleLogin(folder: string, url: string): Promise<string> {
  const token = join(folder, "subject-token");
  await writeFile(token, "a.jwt");
  const file = join(folder, "google-login.json");
  const login = {
    type: "external_account",
    audience: "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/g",
    subject_token_type: "urn:ietf:params:oauth:token-type:jwt",
    token_url: `${url}/google-token`,
    credential_source: { file: token },
  };
  await writeFile(file, JSON.stringify(login));
  return file;
}

function run(
  cli: string,
  args: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly status: number | null; readonly stderr: string }> {
  const child = spawn(process.execPath, [cli, ...args], { cwd, env, stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.on("data", (part: Buffer) => (stderr += part.toString()));
  return new Promise((ended) => void child.on("close", (status) => ended({ status, stderr })));
}
