import type { StandinReaction } from "../github/model.ts";
import { markup, type Markup } from "./markup.ts";

/** In the order in which GitHub lists them. */
const EMOJI: readonly (readonly [content: string, emoji: string])[] = [
  ["+1", "👍"],
  ["-1", "👎"],
  ["laugh", "😄"],
  ["hooray", "🎉"],
  ["confused", "😕"],
  ["heart", "❤️"],
  ["rocket", "🚀"],
  ["eyes", "👀"],
];

export function reactionBar(reactions: readonly StandinReaction[]): Markup | undefined {
  if (reactions.length === 0) return undefined;
  const pills = EMOJI.flatMap(([content, emoji]) => {
    const people = reactions.filter((reaction) => reaction.content === content).map(({ user }) => user.login);
    if (people.length === 0) return [];
    return [
      markup`<span class="reaction" title="${people.join(", ")} reacted with ${content}">${emoji} ${people.length}</span>`,
    ];
  });
  return markup`<div class="reactions">${pills}</div>`;
}
