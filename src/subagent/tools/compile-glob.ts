import { RE2JS } from "re2js";

/** Longer patterns are a mistake or an attack. */
const MAX_PATTERN = 256;

/** Tells whether a path matches. Linear in the path's length, whatever the pattern: paths and patterns both come from strangers. */
export type PathMatcher = (path: string) => boolean;

/**
 * A matcher for a glob: `*` and `?` within one segment, `**` as a whole segment over any number of segments, `[a-z]`, `[!a-z]`,
 * `{a,b}` (may be nested), a backslash before a character taken as it is. Dot files match like others. Undefined for a pattern that
 * is empty, too long or not closed. `anyDepth`: a pattern without a slash matches in every folder (as ripgrep's `--glob`).
 */
export function compileGlob(pattern: string, { anyDepth = false } = {}): PathMatcher | undefined {
  if (pattern === "" || pattern.length > MAX_PATTERN || !pattern.isWellFormed()) return undefined;
  const relative = pattern.replace(/^\.?\//, "");
  const rooted = anyDepth && !pattern.includes("/") ? `**/${relative}` : relative;
  const source = translate(rooted.endsWith("/") ? `${rooted}**` : rooted);
  if (source === undefined) return undefined;
  try {
    const compiled = RE2JS.compile(`^(?:${source})$`, RE2JS.DOTALL);
    return (path) => compiled.test(path);
  } catch {
    return undefined;
  }
}

function translate(glob: string): string | undefined {
  let source = "";
  let depth = 0;
  for (let index = 0; index < glob.length; index += 1) {
    const character = glob[index] ?? "";
    const rest = glob.slice(index);
    const wild = /^\*+/.exec(rest)?.[0];
    if (wild !== undefined) {
      const opens = index === 0 || /[/{,]/.test(glob[index - 1] ?? "");
      const next = glob[index + wild.length];
      const spans = wild.length > 1 && opens;
      if (spans && next === "/") {
        source += "(?:[^/]+/)*";
        index += wild.length;
      } else {
        source += spans && (next === undefined || /[,}]/.test(next)) ? ".*" : "[^/]*";
        index += wild.length - 1;
      }
    } else if (character === "[") {
      const set = /^\[([!^]?)(\]?[^\]]*)\]/.exec(rest);
      if (set === null) return undefined;
      const [all, negated = "", body = ""] = set;
      source += `[${negated === "" ? "" : "^/"}${body.replaceAll(/[\\[\]^&~]/g, String.raw`\$&`)}]`;
      index += all.length - 1;
    } else if (character === "{") {
      source += "(?:";
      depth += 1;
    } else if (character === "}" && depth > 0) {
      source += ")";
      depth -= 1;
    } else if (character === "," && depth > 0) {
      source += "|";
    } else if (character === "\\" && index + 1 < glob.length) {
      index += 1;
      source += RE2JS.quote(glob[index] ?? "");
    } else {
      source += character === "?" ? "[^/]" : RE2JS.quote(character);
    }
  }
  return depth === 0 ? source : undefined;
}
