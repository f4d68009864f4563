import type { StandinApp, StandinInstallation } from "../apps/model-app.ts";
import { repositoriesOf } from "../apps/reach.ts";
import { notFound, refusal, type Answer } from "../http/answer.ts";
import { page } from "../http/page.ts";
import { anyRoute, type Call, type Route } from "../http/route.ts";
import { installationJson } from "../json/app-json.ts";
import { fullRepositoryJson } from "../json/repository-json.ts";
import type { StandinRepository } from "../model.ts";
import { accessOf, type StandinToken } from "../tokens.ts";

/** What a person who signed in to an App can reach through it. */
export const userInstallationRoutes: readonly Route[] = [
  anyRoute("GET", "/user/installations", (call) => {
    const { app, token } = signedIn(call);
    const seen = [...app.installations.values()].filter(
      (installation) => readable(call, installation, token).length > 0,
    );
    return page(
      seen.map((installation) => installationJson(call.world, app, installation)),
      call.url,
      (installations) => ({ total_count: seen.length, installations }),
    );
  }),
  anyRoute("GET", "/user/installations/:id/repositories", (call): Answer => {
    const { app, token } = signedIn(call);
    const installation = app.installations.get(Number(call.params["id"]));
    if (installation === undefined) throw notFound();
    const seen = readable(call, installation, token);
    return page(
      seen.map((repository) => fullRepositoryJson(call.world, repository, token)),
      call.url,
      (repositories) => ({
        total_count: seen.length,
        repository_selection: installation.repositories === undefined ? "all" : "selected",
        repositories,
      }),
    );
  }),
];

/** @throws Refusal 403 for a token that no sign-in to an App brought. */
function signedIn({ world, token }: Call): { readonly app: StandinApp; readonly token: StandinToken } {
  if (token === undefined) throw refusal(401, "Requires authentication");
  const app = token.kind === "user" ? world.apps.get(token.app ?? "") : undefined;
  if (app !== undefined) return { app, token };
  throw refusal(
    403,
    "You must authenticate with an access token authorized to a GitHub App in order to list installations",
  );
}

function readable({ world }: Call, installation: StandinInstallation, token: StandinToken): StandinRepository[] {
  return repositoriesOf(world, installation).filter((repository) => accessOf(token.owner.login, repository) !== "none");
}
