import type { Route } from "./route.ts";

export interface Match {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

/**
 * Finds the route of a request. In a pattern `:name` stands for one part of the path and `*name` for one or more.
 * A pattern with fewer placeholders wins, then the longer one, so that `/commits/*ref/check-runs` comes before `/commits/*ref`.
 */
export function createRouter(routes: readonly Route[]): (method: string, path: string) => Match | undefined {
  const compiled = routes
    .map((route) => ({ route, expression: compile(route.pattern), open: route.pattern.match(/[:*]/g)?.length ?? 0 }))
    .toSorted((a, b) => a.open - b.open || b.route.pattern.length - a.route.pattern.length);
  return (method, path) => {
    for (const { route, expression } of compiled) {
      if (route.method !== method) continue;
      const match = expression.exec(path);
      if (match === null) continue;
      const params = decode(match.groups ?? {});
      if (params !== undefined) return { route, params };
    }
    return undefined;
  };
}

function compile(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[.+?^$()|[\]\\{}]/g, String.raw`\$&`)
    .replaceAll(/:(\w+)/g, "(?<$1>[^/]+)")
    .replaceAll(/\*(\w+)/g, "(?<$1>.+)");
  return new RegExp(`^${source}/?$`);
}

function decode(groups: Readonly<Record<string, string | undefined>>): Record<string, string> | undefined {
  try {
    return Object.fromEntries(Object.entries(groups).map(([key, value]) => [key, decodeURIComponent(value ?? "")]));
  } catch {
    return undefined;
  }
}
