import { createHash } from "node:crypto";

import type { StandinPullRequest, StandinRepository, StandinUser } from "../github/model.ts";
import { markup, type Markup } from "./markup.ts";

const HUES = 8;

/** The initials of a login or name on one of eight colours, the same for `mara-l` and `Mara L`; round for people, square for bots. */
export function avatar(name: string, size: "large" | "small" = "large"): Markup {
  const isBot = name.endsWith("[bot]");
  const words = name
    .replace("[bot]", "")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "");
  const [first = "?", second] = words;
  const initials = second === undefined ? first.slice(0, 2) : `${first.slice(0, 1)}${second.slice(0, 1)}`;
  const hue = (createHash("sha256").update(words.join("").toLowerCase()).digest()[0] ?? 0) % HUES;
  return markup`<span class="avatar ${size} hue-${hue}${isBot ? " bot" : ""}" aria-hidden="true">${initials.toUpperCase()}</span>`;
}

/** A login as a headline names it, with the `bot` label. */
export function personName({ login, type }: StandinUser): Markup {
  const label = type === "Bot" ? markup` <span class="label">bot</span>` : undefined;
  return markup`<strong class="person">${login.replace("[bot]", "")}</strong>${label}`;
}

/** What somebody is to the pull request: the labels on the right of a comment's headline. */
export function roleLabels(person: StandinUser, repository: StandinRepository, pull: StandinPullRequest): Markup {
  const isAuthor = person.login === pull.author.login;
  const isOwner = person.login === repository.owner.login;
  const access = repository.collaborators.get(person.login);
  const role = isOwner
    ? "Owner"
    : access !== undefined && access !== "none" && access !== "read"
      ? "Collaborator"
      : undefined;
  return markup`${role === undefined ? undefined : markup`<span class="label">${role}</span>`}${isAuthor ? markup`<span class="label">Author</span>` : undefined}`;
}
