/**
 * The values in a file of GITHUB_OUTPUT's format: `name=value` lines and `name<<delimiter` blocks.
 * @throws {Error} for a block that is never closed, as a runner does.
 */
export function parseFileCommands(text: string): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  const lines = text.split(/\r?\n/);
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? "";
    const block = /^([^=]+?)<<(.+)$/.exec(line);
    if (block === null) {
      const at = line.indexOf("=");
      if (at > 0) values[line.slice(0, at)] = line.slice(at + 1);
      continue;
    }
    const [, name = "", delimiter = ""] = block;
    const end = lines.indexOf(delimiter, index + 1);
    if (end < 0) throw new Error(`the value of ${name} is not closed by ${delimiter}`);
    values[name] = lines.slice(index + 1, end).join("\n");
    index = end;
  }
  return values;
}
