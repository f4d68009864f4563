import type { ToolSpec } from "../../ports/model.ts";

export const GREP_SPEC: ToolSpec = {
  name: "Grep",
  description:
    "Search the text files of the repository at the reviewed commit with a regular expression (RE2 syntax: no look-around, no back-references). Files come sorted by path.",
  strict: false,
  inputSchema: {
    properties: {
      pattern: { type: "string", description: "regular expression; literal braces need a backslash" },
      path: { type: "string", description: "file or folder to search; default the repository root" },
      glob: { type: "string", description: "only files that match, e.g. *.js or **/*.{ts,tsx}; !*.test.ts excludes" },
      type: { type: "string", description: "only files of this type, e.g. js, ts, py, go, java, rust" },
      output_mode: {
        type: "string",
        enum: ["content", "files_with_matches", "count"],
        description: "matching lines, paths of matching files (default), or matching lines counted per file",
      },
      "-A": { type: "integer", description: "lines after each match (content)" },
      "-B": { type: "integer", description: "lines before each match (content)" },
      "-C": { type: "integer", description: "lines before and after each match (content)" },
      context: { type: "integer", description: "same as -C" },
      "-n": { type: "boolean", description: "line numbers (content); default true" },
      "-i": { type: "boolean", description: "ignore case" },
      "-o": { type: "boolean", description: "only the matching parts of lines (content)" },
      head_limit: { type: "integer", description: "first N lines of output; default 250, 0 for all" },
      offset: { type: "integer", description: "skip the first N lines of output" },
      multiline: { type: "boolean", description: "let the pattern match across lines, . included" },
    },
    required: ["pattern"],
    additionalProperties: false,
  },
};
