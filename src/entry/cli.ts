import { parseCommandLine } from "./command-line.ts";
import { describeFailure, EXIT, type ExitCode } from "./exit-code.ts";
import { interruption } from "./interruption.ts";
import { reviewCommand } from "./review-command.ts";

const signal = interruption();
try {
  process.exitCode = await run(process.argv.slice(2));
} catch (error) {
  const { text, code } = describeFailure(error, signal.aborted);
  process.stderr.write(`parallel-review: ${text}\n`);
  process.exitCode = code;
}

async function run(args: readonly string[]): Promise<ExitCode> {
  const line = parseCommandLine(args);
  switch (line.command) {
    case "review":
      return reviewCommand(line.options, process.env, signal);
    default:
      return EXIT.usage;
  }
}
