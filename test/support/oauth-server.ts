import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";

/** What a person may do in a repository, by the repository's id. */
export type Person = { readonly name: string; readonly repositories: Map<number, "read" | "write"> };

export type OAuthServer = AsyncDisposable & {
  readonly url: string;
  /** Tokens that were handed out and not revoked. */
  readonly tokens: Map<string, Person>;
  /** Every request, as `METHOD /path`. */
  readonly requests: string[];
  /** Answers everything with 503 while true. */
  isDown: boolean;
  /** What GitHub does when the person agrees: the address it sends the browser back to. */
  agree(authorizeUrl: string, person: Person): string;
};

export const CLIENT = { clientId: "Iv1.client", clientSecret: "s".repeat(40) };

/** The parts of GitHub that signing in needs, with PKCE as GitHub checks it. */
export async function oauthServer(): Promise<OAuthServer> {
  const codes = new Map<string, { readonly person: Person; readonly challenge: string }>();
  const tokens = new Map<string, Person>();
  const requests: string[] = [];
  const answer = (request: IncomingMessage, body: string, response: ServerResponse): void => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://local");
    requests.push(`${request.method} ${pathname}`);
    const send = (status: number, data: unknown): void => {
      response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(data));
    };
    if (server.isDown) return send(503, { message: "down" });
    if (pathname === "/login/oauth/access_token") {
      const given = new Map(Object.entries<unknown>(JSON.parse(body)));
      const code = String(given.get("code"));
      const known = codes.get(code);
      codes.delete(code);
      const proof = createHash("sha256")
        .update(String(given.get("code_verifier")))
        .digest("base64url");
      if (known === undefined || proof !== known.challenge || given.get("client_secret") !== CLIENT.clientSecret) {
        return send(200, { error: "bad_verification_code", error_description: "no", error_uri: "/" });
      }
      const token = `ghu_${createHash("sha256").update(code).digest("hex").slice(0, 36)}`;
      tokens.set(token, known.person);
      return send(200, { access_token: token, token_type: "bearer", scope: "" });
    }
    if (request.method === "DELETE") {
      tokens.delete(String(new Map(Object.entries<unknown>(JSON.parse(body))).get("access_token")));
      return send(204, undefined);
    }
    const person = tokens.get((request.headers.authorization ?? "").replace(/^(?:token|bearer) /i, ""));
    if (person === undefined) return send(401, { message: "Bad credentials" });
    if (pathname === "/user") return send(200, { login: person.name, id: 5 });
    if (pathname === "/user/installations") return send(200, { installations: [{ id: 1 }] });
    const all = [...person.repositories].map(([id, may]) => ({
      id,
      permissions: { pull: true, push: may === "write" },
    }));
    const from = (Number(searchParams.get("page") ?? 1) - 1) * 100;
    return send(200, { repositories: all.slice(from, from + 100) });
  };
  const http = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => answer(request, Buffer.concat(parts).toString(), response));
  });
  await once(http.listen(0, "127.0.0.1"), "listening");
  const address = http.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const server: OAuthServer = {
    url: `http://127.0.0.1:${port}`,
    tokens,
    requests,
    isDown: false,
    agree(authorizeUrl, person) {
      const asked = new URL(authorizeUrl).searchParams;
      const code = `code-${codes.size}-${requests.length}`;
      codes.set(code, { person, challenge: asked.get("code_challenge") ?? "" });
      const back = new URL(asked.get("redirect_uri") ?? "");
      back.search = new URLSearchParams({ code, state: asked.get("state") ?? "" }).toString();
      return back.href;
    },
    async [Symbol.asyncDispose]() {
      http.closeAllConnections();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return server;
}
