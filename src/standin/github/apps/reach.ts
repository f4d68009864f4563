import type { StandinRepository } from "../model.ts";
import type { World } from "../world.ts";
import type { StandinApp, StandinInstallation } from "./model-app.ts";

/** Whether the installation covers the repository. */
export function covers(installation: StandinInstallation, repository: StandinRepository): boolean {
  if (installation.account !== repository.owner) return false;
  return installation.repositories?.includes(repository.fullName.toLowerCase()) ?? true;
}

/** The App's installation that covers the repository. */
export function installationOn(app: StandinApp, repository: StandinRepository): StandinInstallation | undefined {
  return [...app.installations.values()].find((installation) => covers(installation, repository));
}

/** Every repository an installation covers. */
export function repositoriesOf(world: World, installation: StandinInstallation): StandinRepository[] {
  return [...world.repositories.values()].filter((repository) => covers(installation, repository));
}
