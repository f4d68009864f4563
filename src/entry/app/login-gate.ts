import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

import { type Context, Hono } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { z } from "zod";

import { ConfigurationError } from "../../domain/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Login, Repositories } from "../../ports/login.ts";
import { isLoopback } from "./app-settings.ts";
import type { Gate, Viewer } from "./page-gate.ts";
import { type Sealer, sealerOf } from "./sealed-value.ts";

export type LoginGateOptions = {
  readonly login: Login;
  /** Where people reach this server, without a slash at the end. Cookies are for https alone when it is. */
  readonly publicUrl: string;
  /** Sessions are sealed with it; the same in all processes. */
  readonly secret: string;
  readonly clock: Clock;
};

/** The user token of GitHub Apps ends after eight hours; so does a session. */
const SESSION_MS = 8 * 3_600_000;
const ATTEMPT_MS = 600_000;
/** How long what GitHub said of a person's repositories is believed. */
const CACHE_MS = 60_000;
const MAX_CACHED = 1_000;

const Session = z.object({ id: z.string(), token: z.string(), name: z.string(), untilMs: z.number() });
type Session = z.infer<typeof Session>;
const Attempt = z.object({ state: z.string(), verifier: z.string(), to: z.string(), untilMs: z.number() });

/**
 * People sign in with GitHub and see what they can read there. The session is in the browser alone, sealed: no process has to remember it,
 * and the token in it is worth nothing without our secret.
 * @throws {ConfigurationError} `publicUrl` is neither https nor on this machine.
 */
export function loginGate({ login, publicUrl, secret, clock }: LoginGateOptions): Gate {
  const url = new URL(publicUrl);
  const isSecure = url.protocol === "https:";
  if (!isSecure && !isLoopback(publicUrl)) {
    throw new ConfigurationError(
      `people cannot sign in at ${publicUrl}, where others could read along: set PUBLIC_URL to the https address of the proxy in front of this server`,
    );
  }
  const prefix = isSecure ? "__Host-" : "";
  const cookies = { session: `${prefix}pr_session`, attempt: `${prefix}pr_login` };
  const options = { httpOnly: true, secure: isSecure, sameSite: "Lax", path: "/" } as const;
  const redirectUrl = `${publicUrl}/login/callback`;
  const sealer = sealerOf(secret);
  const cache = new Map<string, { readonly untilMs: number; readonly answer: Promise<Repositories | undefined> }>();

  const sessionIn = (context: Context): Session | undefined => {
    const sealed = getCookie(context, cookies.session);
    const session = sealed === undefined ? undefined : Session.safeParse(sealer.open("session", sealed));
    return session?.success === true && session.data.untilMs > clock.now() ? session.data : undefined;
  };

  const repositoriesOf = ({ id, token }: Session): Promise<Repositories | undefined> => {
    const known = cache.get(id);
    if (known !== undefined && known.untilMs > clock.now()) return known.answer;
    const answer = login.repositories(token, new AbortController().signal);
    cache.delete(id);
    cache.set(id, { untilMs: clock.now() + CACHE_MS, answer });
    answer.catch(() => cache.delete(id));
    const oldest = cache.keys().next();
    if (cache.size > MAX_CACHED && oldest.done !== true) cache.delete(oldest.value);
    return answer;
  };

  const routes = new Hono();
  routes.get("/login", (context) => {
    const [state, verifier] = [word(), word()];
    const to = ownPath(context.req.query("to"));
    const attempt = { state, verifier, to, untilMs: clock.now() + ATTEMPT_MS };
    setCookie(context, cookies.attempt, sealer.seal("attempt", attempt), { ...options, maxAge: ATTEMPT_MS / 1_000 });
    const codeChallenge = createHash("sha256").update(verifier).digest("base64url");
    return context.redirect(login.address({ state, codeChallenge, redirectUrl }));
  });
  routes.get("/login/callback", async (context) => {
    const attempt = Attempt.safeParse(sealer.open("attempt", getCookie(context, cookies.attempt) ?? ""));
    deleteCookie(context, cookies.attempt, options);
    const { code = "", state = "" } = context.req.query();
    const isOurs = attempt.success && attempt.data.untilMs > clock.now() && equal(attempt.data.state, state);
    if (!isOurs || code === "") return context.redirect("/signed-out?why=attempt");
    const { verifier: codeVerifier, to } = attempt.data;
    const signedIn = await login.exchange({ code, codeVerifier, redirectUrl }, context.req.raw.signal);
    if (signedIn === undefined) return context.redirect("/signed-out?why=attempt");
    const session: Session = { id: word(), ...pick(signedIn), untilMs: clock.now() + SESSION_MS };
    setCookie(context, cookies.session, sealer.seal("session", session), { ...options, maxAge: SESSION_MS / 1_000 });
    return context.redirect(to);
  });
  routes.post("/logout", async (context) => {
    const session = sessionIn(context);
    deleteCookie(context, cookies.session, options);
    if (session !== undefined) {
      cache.delete(session.id);
      await login.forget(session.token, context.req.raw.signal);
    }
    return context.redirect("/signed-out", 303);
  });

  return {
    origin: () => url.origin,
    async viewer(context): Promise<Viewer | undefined> {
      const session = sessionIn(context);
      if (session === undefined) return undefined;
      const repositories = await repositoriesOf(session);
      if (repositories === undefined) return undefined;
      return { name: session.name, canLeave: true, repositories, csrf: csrfOf(sealer, session) };
    },
    routes,
  };
}

function csrfOf(sealer: Sealer, { id }: Session): string {
  return sealer.sign("csrf", id);
}

function pick({ token, name }: { readonly token: string; readonly name: string }): Pick<Session, "token" | "name"> {
  return { token, name };
}

function word(): string {
  return randomBytes(32).toString("base64url");
}

function equal(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}

/** A page of ours to go to after signing in; the list for anything else. */
function ownPath(to: string | undefined): string {
  return to !== undefined && /^\/(?:runs|costs|dead-letters)(?:[/?][\w/?=&%.+-]*)?$/.test(to) ? to : "/runs";
}
