import type { StandinUser } from "../model.ts";
import type { World } from "../world.ts";

/** An id in GitHub's style: a type prefix and an opaque rest. */
export function nodeId(prefix: string, id: number): string {
  return `${prefix}_kwDO${id.toString(36).toUpperCase().padStart(8, "A")}`;
}

export function userJson(world: World, user: StandinUser): Record<string, unknown> {
  const api = `${world.origin}/users/${encodeURIComponent(user.login)}`;
  const html = `${world.origin}/${user.type === "Bot" ? `apps/${user.login.replace("[bot]", "")}` : user.login}`;
  return {
    login: user.login,
    id: user.id,
    node_id: nodeId(user.type === "Bot" ? "BOT" : "U", user.id),
    avatar_url: `${world.origin}/avatars/${String(user.id)}`,
    gravatar_id: "",
    url: api,
    html_url: html,
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type: user.type,
    user_view_type: "public",
    site_admin: false,
  };
}

/** The longer form of `GET /user` and `GET /users/{username}`. */
export function profileJson(world: World, user: StandinUser): Record<string, unknown> {
  return {
    ...userJson(world, user),
    name: user.name,
    company: null,
    blog: "",
    location: null,
    email: null,
    hireable: null,
    bio: null,
    public_repos: [...world.repositories.values()].filter(({ owner }) => owner === user).length,
    public_gists: 0,
    followers: 0,
    following: 0,
    created_at: "2020-01-01T00:00:00Z",
    updated_at: "2020-01-01T00:00:00Z",
  };
}
