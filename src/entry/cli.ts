// oxlint-disable-next-line import/no-unassigned-import -- before all others: they make schemas
import "./zod-without-code.ts";
import { askCommand } from "./ask-command.ts";
import { auditCommand } from "./audit-command.ts";
import { parseCommandLine } from "./command-line.ts";
import { demoAuditCommand } from "./demo-audit-command.ts";
import { demoCommand } from "./demo-command.ts";
import { demoRefactor } from "./demo-refactor.ts";
import { doctorCommand } from "./doctor-command.ts";
import { estimateCommand } from "./estimate-command.ts";
import { describeFailure, EXIT, type ExitCode } from "./exit-code.ts";
import { HELP } from "./help-text.ts";
import { interruption } from "./interruption.ts";
import { mergeCommand } from "./merge-command.ts";
import { planCommand } from "./plan-command.ts";
import { refactorCommand } from "./refactor-command.ts";
import { resumeCommand } from "./resume-command.ts";
import { reviewCommand } from "./review-command.ts";
import { VERSION } from "./version.ts";

const signal = interruption();
// Who reads our output may stop early, as `head` does.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});
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
    case "resume":
      return resumeCommand(line.word, line.options, process.env, signal);
    case "ask":
      return askCommand(line.word, line.options, process.env, signal);
    case "refactor":
      return refactorCommand(line.options, process.env, signal);
    case "plan":
      return planCommand(line.options, process.env, signal);
    case "estimate":
      return estimateCommand(line.options, process.env, signal);
    case "audit":
      return auditCommand(line.options, process.env, signal);
    case "merge":
      return mergeCommand(line.words, line.options, process.env, signal);
    case "demo":
      if (line.job === "audit") return demoAuditCommand(line.options, process.env, signal);
      return line.job === "refactor"
        ? demoRefactor(line.options, process.env, signal)
        : demoCommand(line.options, process.env, signal);
    case "app":
      return (await import("./app/app-command.ts")).appCommand(line.options, process.env, signal);
    case "doctor":
      return doctorCommand(line.options, process.env, signal);
    case "help":
      process.stdout.write(HELP);
      return EXIT.done;
    case "version":
      process.stdout.write(`${VERSION}\n`);
      return EXIT.done;
    default:
      return line satisfies never;
  }
}
