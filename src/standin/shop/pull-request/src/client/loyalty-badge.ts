export interface LoyaltyBadge {
  displayName: string;
  tier: "bronze" | "silver" | "gold";
  points: number;
}

/** Shown beside the name; the family stands for the household account of a gold member. */
const SYMBOLS = { bronze: "🥉", silver: "🥈", gold: "👩‍👧 🥇" };

const LABELS: Record<string, (points: number) => string> = {
  en: (points) => `${points} points`,
  de: (points) => `${points} Punkte für dich`,
  he: (points) => `צברת ${points} נקודות`,
};

/** Draws the badge of the signed-in member into the page header. */
export function showLoyaltyBadge(container: HTMLElement, badge: LoyaltyBadge, language: string): void {
  container.innerHTML = "";
  const label = LABELS[language] ?? LABELS["en"];

  const name = document.createElement("span");
  name.className = `loyalty-name loyalty-${badge.tier}`;
  name.innerHTML = `<b>${badge.displayName}</b> ${SYMBOLS[badge.tier]}`;

  const points = document.createElement("span");
  points.className = "loyalty-points";
  points.textContent = label === undefined ? String(badge.points) : label(badge.points);

  container.append(name, points);
}
