/** One `::command key=value::message` line. Properties and message are unescaped. */
export type WorkflowCommand = {
  readonly command: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly message: string;
};

/** After actions/runner's ActionCommand: `::` counts behind any leading white space, `##[` anywhere in a line. */
const DOUBLE_COLON = /^\s*::([\w-]+)(?: ([^:]*(?::(?!:)[^:]*)*))?::(.*)$/;
const BRACKET = /##\[([\w-]+)(?: ([^\]]*))?\](.*)$/;

/** The workflow commands that a runner would find, and obey, in an Action's standard output; in order. */
export function parseCommands(stdout: string): readonly WorkflowCommand[] {
  return stdout.split(/\r?\n/).flatMap((line) => {
    const match = DOUBLE_COLON.exec(line) ?? BRACKET.exec(line);
    if (match === null) return [];
    const [, command = "", properties = "", message = ""] = match;
    return [{ command, properties: readProperties(properties), message: unescape(message) }];
  });
}

function readProperties(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(",").flatMap((part) => {
      const at = part.indexOf("=");
      return at < 0 ? [] : [[part.slice(0, at).trim(), unescape(part.slice(at + 1))]];
    }),
  );
}

function unescape(text: string): string {
  return text
    .replaceAll("%0D", "\r")
    .replaceAll("%0A", "\n")
    .replaceAll("%3A", ":")
    .replaceAll("%2C", ",")
    .replaceAll("%25", "%");
}
