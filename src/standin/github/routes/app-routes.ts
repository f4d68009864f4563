import { appOfJwt, isJwt } from "../apps/app-jwt.ts";
import { redeliver } from "../apps/deliver.ts";
import type { AppPermissions, StandinApp, StandinDelivery, StandinInstallation } from "../apps/model-app.ts";
import { covers, installationOn, repositoriesOf } from "../apps/reach.ts";
import { NO_CONTENT, notFound, ok, refusal, type Answer } from "../http/answer.ts";
import { page } from "../http/page.ts";
import { isObject } from "../http/request-body.ts";
import { anyRoute, type Call, type Route } from "../http/route.ts";
import { appJson, deliveryItemJson, deliveryJson, installationJson } from "../json/app-json.ts";
import { repositoryJson } from "../json/repository-json.ts";
import type { StandinRepository } from "../model.ts";
import { issueToken } from "../tokens.ts";
import { findRepository } from "../world.ts";

/** Documented: an installation's token lives one hour. */
const TOKEN_LIFE_MS = 3_600_000;
/** Deliveries are kept this long, and can be sent again for that time. */
const KEPT_MS = 3 * 24 * 3_600_000;

/** What an App asks for, signed in as itself by a JSON web token, or as one of its installations. */
export const appRoutes: readonly Route[] = [
  anyRoute("GET", "/app", (call) => {
    const app = signedApp(call);
    return ok(appJson(call.world, app.slug, app.bot));
  }),
  anyRoute("GET", "/app/installations", (call) => {
    const app = signedApp(call);
    const all = [...app.installations.values()];
    return page(
      all.map((installation) => installationJson(call.world, app, installation)),
      call.url,
    );
  }),
  anyRoute("GET", "/app/installations/:id", (call) => {
    const app = signedApp(call);
    return ok(installationJson(call.world, app, installationOf(app, call.params["id"])));
  }),
  anyRoute("GET", "/repos/:owner/:repo/installation", (call) => {
    const app = signedApp(call);
    const { owner = "", repo = "" } = call.params;
    const repository = findRepository(call.world, owner, repo);
    const installation = repository === undefined ? undefined : installationOn(app, repository);
    if (installation === undefined) throw notFound();
    return ok(installationJson(call.world, app, installation));
  }),
  anyRoute("POST", "/app/installations/:id/access_tokens", createToken),
  anyRoute("DELETE", "/installation/token", ({ token }) => {
    if (token?.kind !== "installation") throw refusal(401, "Requires authentication");
    token.revoked = true;
    return NO_CONTENT;
  }),
  anyRoute("GET", "/installation/repositories", ({ world, token, url }) => {
    const app = world.apps.get(token?.app ?? "");
    const installation = app?.installations.get(token?.installation ?? 0);
    if (token?.kind !== "installation" || installation === undefined) throw refusal(401, "Requires authentication");
    const seen = repositoriesOf(world, installation).filter(
      ({ fullName }) => token.repositories?.includes(fullName.toLowerCase()) ?? true,
    );
    return page(
      seen.map((repository) => repositoryJson(world, repository)),
      url,
      (repositories) => ({
        total_count: seen.length,
        repository_selection: installation.repositories === undefined ? "all" : "selected",
        repositories,
      }),
    );
  }),
  anyRoute("GET", "/app/hook/config", (call) => ok(hookJson(signedApp(call)))),
  anyRoute("PATCH", "/app/hook/config", (call) => {
    const { hook, ...app } = signedApp(call);
    hook.url = call.body.optionalText("url") ?? hook.url;
    hook.secret = call.body.optionalText("secret") ?? hook.secret;
    hook.active = hook.url !== "";
    return ok(hookJson({ ...app, hook }));
  }),
  anyRoute("GET", "/app/hook/deliveries", listDeliveries),
  anyRoute("GET", "/app/hook/deliveries/:id", (call) =>
    ok(deliveryJson(deliveryOf(call, signedApp(call), call.params["id"]))),
  ),
  anyRoute("POST", "/app/hook/deliveries/:id/attempts", (call) => {
    const app = signedApp(call);
    redeliver(call.world, app, deliveryOf(call, app, call.params["id"]));
    return { status: 202, body: {} };
  }),
];

function signedApp({ world, token, credential }: Call): StandinApp {
  if (credential === undefined || !isJwt(credential) || token?.kind !== "app") {
    throw refusal(401, "A JSON web token could not be decoded");
  }
  return appOfJwt(world, credential);
}

function installationOf(app: StandinApp, id: string | undefined): StandinInstallation {
  const installation = app.installations.get(Number(id));
  if (installation === undefined) throw notFound();
  return installation;
}

function createToken(call: Call): Answer {
  const { world, body } = call;
  const app = signedApp(call);
  const installation = installationOf(app, call.params["id"]);
  if (installation.suspended) throw refusal(403, "This installation has been suspended");
  const repositories = askedRepositories(call, installation);
  const permissions = askedPermissions(body.value("permissions"), installation.permissions);
  const expiresAt = world.clock().getTime() + TOKEN_LIFE_MS;
  const token = issueToken(world, {
    prefix: "ghs_",
    owner: app.bot,
    kind: "installation",
    app: app.slug,
    installation: installation.id,
    permissions,
    repositories: (repositories ?? repositoriesOf(world, installation)).map(({ fullName }) => fullName.toLowerCase()),
    limit: 5000,
    expiresAt,
  });
  return {
    status: 201,
    body: {
      token: token.value,
      expires_at: `${new Date(expiresAt).toISOString().slice(0, 19)}Z`,
      permissions,
      repository_selection: repositories === undefined && installation.repositories === undefined ? "all" : "selected",
      ...(repositories === undefined
        ? {}
        : { repositories: repositories.map((repository) => repositoryJson(world, repository)) }),
    },
  };
}

function askedRepositories({ world, body }: Call, installation: StandinInstallation): StandinRepository[] | undefined {
  const names = body.optionalTexts("repositories");
  const ids = body.value("repository_ids");
  if (names === undefined && ids === undefined) return undefined;
  const covered = [...world.repositories.values()].filter((repository) => covers(installation, repository));
  const byName = (names ?? []).map((name) => covered.find((each) => each.name.toLowerCase() === name.toLowerCase()));
  const byId = (Array.isArray(ids) ? ids : []).map((id: unknown) => covered.find((each) => each.id === id));
  return [...byName, ...byId].map((found) => {
    if (found !== undefined) return found;
    throw refusal(
      422,
      "There is at least one repository that does not exist or is not accessible to the parent installation.",
    );
  });
}

function askedPermissions(asked: unknown, granted: AppPermissions): AppPermissions {
  if (!isObject(asked)) return granted;
  const held: Readonly<Record<string, string | undefined>> = granted;
  for (const [name, level] of Object.entries(asked)) {
    if (held[name] === undefined || (level === "write" && held[name] !== "write")) {
      throw refusal(422, "The permissions requested are not granted to this installation.");
    }
  }
  return { ...asked, metadata: "read" };
}

function hookJson({ hook }: Pick<StandinApp, "hook">): Record<string, unknown> {
  return { content_type: "json", insecure_ssl: "0", secret: "********", url: hook.url };
}

function kept({ world }: Call, app: StandinApp): StandinDelivery[] {
  const oldest = world.clock().getTime() - KEPT_MS;
  return app.deliveries.filter(({ deliveredAt }) => Date.parse(deliveredAt) >= oldest);
}

/** Newest first; the next page is asked for by a cursor. */
function listDeliveries(call: Call): Answer {
  const app = signedApp(call);
  const query = call.url.searchParams;
  const size = Math.min(100, Number(query.get("per_page") ?? "30"));
  const before = Number(query.get("cursor")?.replace(/^v1_/, "") ?? Number.MAX_SAFE_INTEGER);
  const wanted = query.get("status");
  const found = kept(call, app)
    .toReversed()
    .filter(
      ({ id, statusCode }) => id < before && (wanted === null || (wanted === "success") === isSuccess(statusCode)),
    );
  const shown = found.slice(0, size);
  const last = shown.at(-1);
  if (last === undefined || found.length <= size) return ok(shown.map(deliveryItemJson));
  const next = new URL(call.url);
  next.searchParams.set("cursor", `v1_${String(last.id)}`);
  return ok(shown.map(deliveryItemJson), { link: `<${next.href}>; rel="next"` });
}

function isSuccess(statusCode: number): boolean {
  return statusCode >= 200 && statusCode < 400;
}

function deliveryOf(call: Call, app: StandinApp, id: string | undefined): StandinDelivery {
  const delivery = kept(call, app).find((candidate) => String(candidate.id) === id);
  if (delivery === undefined) throw notFound();
  return delivery;
}
