import { z } from "zod";

const Repositories = z.array(z.object({ id: z.int().positive() })).default([]);
const Event = z.object({ action: z.string(), repositories: Repositories, repositories_removed: Repositories });

/** Ids of the repositories that the App may no longer work in, of an `installation` or `installation_repositories` event. */
export function leftRepositories(payload: unknown): readonly number[] {
  const { action, repositories, repositories_removed: removed } = Event.parse(payload);
  return (action === "deleted" ? repositories : removed).map(({ id }) => id);
}
