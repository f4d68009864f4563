const METAVARIABLE = /\$\$\$([A-Z_][A-Z0-9_]*)|\$([A-Z_][A-Z0-9_]*)/g;

/** The names of the metavariables in a template: `$X` and `$$$X` are both `X`. Each once. */
export function metavariables(template: string): readonly string[] {
  return [...new Set([...template.matchAll(METAVARIABLE)].map((found) => found[1] ?? found[2] ?? ""))];
}

/** The template with its metavariables replaced. */
export function fillTemplate(template: string, valueOf: (name: string) => string): string {
  return template.replaceAll(METAVARIABLE, (_, many?: string, one?: string) => valueOf(many ?? one ?? ""));
}
