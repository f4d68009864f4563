import { createHash, randomBytes } from "node:crypto";

import type { StandinApp } from "../apps/model-app.ts";
import { installApp, registerApp } from "../apps/register-app.ts";
import { notFound, ok, RawBody, refusal, type Answer } from "../http/answer.ts";
import { isObject } from "../http/request-body.ts";
import { anyRoute, type Call, type Permission, type Route } from "../http/route.ts";
import { appJson } from "../json/app-json.ts";
import { issueToken } from "../tokens.ts";
import type { StandinCode } from "../world.ts";

/** Documented: a manifest's code is good for an hour, a sign-in's for ten minutes, and a person's token for eight hours. */
const MANIFEST_CODE_MS = 3_600_000;
const LOGIN_CODE_MS = 600_000;
const USER_TOKEN_S = 8 * 3600;

/**
 * The pages a browser is sent through: making an App from a manifest, installing it, signing in to it. Where GitHub asks "are you sure",
 * this stand-in says yes.
 */
export const webFlowRoutes: readonly Route[] = [
  anyRoute("POST", "/settings/apps/new", (call) => createFromManifest(call, undefined)),
  anyRoute("POST", "/organizations/:org/settings/apps/new", (call) => createFromManifest(call, call.params["org"])),
  anyRoute("POST", "/app-manifests/:code/conversions", ({ world, params }) => {
    const code = world.codes.get(params["code"] ?? "");
    if (code === undefined || code.login !== undefined || code.expiresAt < world.clock().getTime()) throw notFound();
    world.codes.delete(params["code"] ?? "");
    const { app } = code;
    return {
      status: 201,
      body: {
        ...appJson(world, app.slug, app.bot),
        client_id: app.clientId,
        client_secret: app.clientSecret,
        webhook_secret: app.hook.secret,
        pem: app.privateKey,
      },
    };
  }),
  anyRoute("GET", "/apps/:slug/installations/new", ({ world, params, url }) => {
    const app = world.apps.get(params["slug"] ?? "");
    if (app === undefined) throw notFound();
    const target = url.searchParams.get("target");
    if (target !== null) {
      installApp(world, app, { account: target });
      return html(`<p>${escape(app.name)} is installed on ${escape(target)}.</p>`);
    }
    const owners = new Set([...world.repositories.values()].map(({ owner }) => owner.login));
    return html(`<h1>Install ${escape(app.name)}</h1>${choices(url, "target", [...owners])}`);
  }),
  anyRoute("GET", "/login/oauth/authorize", authorize),
  anyRoute("POST", "/login/oauth/access_token", exchange),
];

function createFromManifest({ world, body, url }: Call, organisation: string | undefined): Answer {
  const manifest = parse(body.text("manifest"));
  if (!isObject(manifest) || typeof manifest["url"] !== "string" || typeof manifest["redirect_url"] !== "string") {
    throw refusal(422, "The manifest is not valid: url and redirect_url are required");
  }
  const { name, hook_attributes: hook, default_permissions: permissions, default_events: events } = manifest;
  const hookUrl = isObject(hook) && hook["active"] !== false ? hook["url"] : undefined;
  const callbacks = manifest["callback_urls"];
  const [first] = world.repositories.values();
  const app = registerApp(world, {
    name: typeof name === "string" ? name : "app",
    owner: organisation ?? first?.owner.login ?? "somebody",
    permissions: isObject(permissions) ? grants(permissions) : {},
    events: texts(events),
    callbackUrls: texts(callbacks),
    ...(typeof hookUrl === "string" ? { hookUrl } : {}),
  });
  const code = addCode(world.codes, { app, login: undefined, expiresAt: world.clock().getTime() + MANIFEST_CODE_MS });
  return redirect(manifest["redirect_url"], { code, state: url.searchParams.get("state") });
}

/** Signs somebody in to an App and sends the browser back. Who it is, the query's `login` says, or a click. */
function authorize({ world, url }: Call): Answer {
  const query = url.searchParams;
  const app = [...world.apps.values()].find(({ clientId }) => clientId === query.get("client_id"));
  if (app === undefined) throw notFound();
  const back = query.get("redirect_uri") ?? app.callbackUrls[0] ?? "";
  if (!app.callbackUrls.includes(back)) {
    return redirectOrSay(app, {
      error: "redirect_uri_mismatch",
      error_description: "The redirect_uri is not associated with this application.",
      state: query.get("state"),
    });
  }
  const login = query.get("login");
  const person = world.users.get((login ?? "").toLowerCase());
  if (person === undefined || person.type === "Bot") {
    const people = [...world.users.values()].filter(({ type }) => type === "User").map((each) => each.login);
    return html(`<h1>Sign in to ${escape(app.name)}</h1>${choices(url, "login", people)}`);
  }
  const expiresAt = world.clock().getTime() + LOGIN_CODE_MS;
  const code = addCode(world.codes, {
    app,
    login: person.login,
    challenge: query.get("code_challenge") ?? undefined,
    expiresAt,
  });
  return redirect(back, { code, state: query.get("state") });
}

/** A code for a person's token. Errors come with status 200, as GitHub's do. */
function exchange(call: Call): Answer {
  const { world, body } = call;
  const wrong = (error: string, text: string): Answer => ok({ error, error_description: text });
  const given = body.text("code");
  const code = world.codes.get(given);
  const app = [...world.apps.values()].find(({ clientId }) => clientId === body.text("client_id"));
  if (app === undefined || app.clientSecret !== body.text("client_secret")) {
    return wrong("incorrect_client_credentials", "The client_id and/or client_secret passed are incorrect.");
  }
  const person = world.users.get((code?.login ?? "").toLowerCase());
  if (code?.app !== app || person === undefined || code.expiresAt < world.clock().getTime()) {
    return wrong("bad_verification_code", "The code passed is incorrect or expired.");
  }
  const verifier = body.optionalText("code_verifier") ?? "";
  const shown = createHash("sha256").update(verifier).digest("base64url");
  if (code.challenge !== undefined && code.challenge !== shown) {
    return wrong("bad_verification_code", "The code_verifier does not match the code_challenge.");
  }
  world.codes.delete(given);
  const token = issueToken(world, {
    prefix: "ghu_",
    owner: person,
    kind: "user",
    app: app.slug,
    installation: undefined,
    permissions: app.permissions,
    repositories: undefined,
    limit: 5000,
    expiresAt: world.clock().getTime() + USER_TOKEN_S * 1000,
  });
  return ok({ access_token: token.value, expires_in: USER_TOKEN_S, token_type: "bearer", scope: "" });
}

function addCode(codes: Map<string, StandinCode>, code: StandinCode): string {
  const value = randomBytes(10).toString("hex");
  codes.set(value, code);
  return value;
}

function redirect(to: string, query: Readonly<Record<string, string | null>>): Answer {
  const target = new URL(to);
  for (const [name, value] of Object.entries(query)) if (value !== null) target.searchParams.set(name, value);
  return { status: 302, headers: { location: target.href } };
}

function redirectOrSay(app: StandinApp, query: Readonly<Record<string, string | null>>): Answer {
  const [first] = app.callbackUrls;
  return first === undefined ? html(`<p>${escape(query["error_description"] ?? "")}</p>`) : redirect(first, query);
}

function html(content: string): Answer {
  return ok(
    new RawBody(
      `<!doctype html><html lang="en"><meta charset="utf-8"><body>${content}</body></html>`,
      "text/html; charset=utf-8",
    ),
  );
}

function choices(url: URL, name: string, values: readonly string[]): string {
  const links = values.map((value) => {
    const target = new URL(url);
    target.searchParams.set(name, value);
    return `<li><a href="${escape(target.pathname + target.search)}">${escape(value)}</a></li>`;
  });
  return `<ul>${links.join("")}</ul>`;
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each: unknown) => typeof each === "string") : [];
}

const PERMISSIONS: readonly Permission[] = [
  "actions",
  "checks",
  "contents",
  "issues",
  "metadata",
  "pull_requests",
  "security_events",
  "statuses",
  "workflows",
];

function grants(asked: Readonly<Record<string, unknown>>): Partial<Record<Permission, "read" | "write">> {
  const known = PERMISSIONS.flatMap((name): [Permission, "read" | "write"][] => {
    const level = asked[name];
    return level === "read" || level === "write" ? [[name, level]] : [];
  });
  return Object.fromEntries(known);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
