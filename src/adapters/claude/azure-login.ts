import { execFile } from "node:child_process";

import { ExternalError, errorMessage } from "../../domain/errors.ts";

/** Whom Azure makes the token for: Microsoft Foundry, whichever resource. */
const SCOPE = "https://ai.azure.com/.default";
/** A token is fetched anew when it has less than this left: longer than one turn takes. */
const MARGIN_MS = 10 * 60_000;

export type AzureLogin = {
  /** The Azure command line, which azure/login leaves logged in. */
  readonly executable: string;
  readonly environment: NodeJS.ProcessEnv;
  readonly now: () => number;
};

/** Access tokens of the login that the Azure command line has; kept while they are good, and fetched once for all who wait. */
export function azureLogin(login: AzureLogin): () => Promise<string> {
  let current: Promise<Token> | undefined;
  return async () => {
    const token = await (current ??= fetchToken(login)).catch((error: unknown) => {
      current = undefined;
      throw error;
    });
    if (token.expiresMs - login.now() > MARGIN_MS) return token.value;
    current = fetchToken(login);
    return (await current).value;
  };
}

type Token = { readonly value: string; readonly expiresMs: number };

async function fetchToken({ executable, environment }: AzureLogin): Promise<Token> {
  const output = await run(executable, environment);
  const answer: unknown = JSON.parse(output);
  if (typeof answer === "object" && answer !== null && "accessToken" in answer && "expires_on" in answer) {
    const { accessToken, expires_on: expires } = answer;
    if (typeof accessToken === "string" && typeof expires === "number") {
      return { value: accessToken, expiresMs: expires * 1_000 };
    }
  }
  throw refused("az answered without a token");
}

function run(executable: string, environment: NodeJS.ProcessEnv): Promise<string> {
  const args = ["account", "get-access-token", "--scope", SCOPE, "--output", "json", "--only-show-errors"];
  return new Promise((resolve, reject) => {
    execFile(executable, args, { env: environment, timeout: 60_000 }, (error, stdout, stderr) => {
      if (error === null) return resolve(stdout);
      // Not the error's own message: it repeats the whole command line.
      const [said = ""] = (stderr.trim() === "" ? (error.code ?? errorMessage(error)) : stderr.trim())
        .toString()
        .split("\n");
      reject(refused(said));
    });
  });
}

function refused(said: string): ExternalError {
  const text = `Claude in Foundry needs a key or a login: set ANTHROPIC_FOUNDRY_API_KEY, or run azure/login before (${said})`;
  return new ExternalError("Claude", text, { fatal: true });
}
