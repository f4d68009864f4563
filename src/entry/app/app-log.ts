import { redactor } from "../../domain/redact.ts";

/** What a line of the log may carry beside its message: names and figures of ours, never a payload, a prompt or a text that people wrote. */
type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

export type AppLog = {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
};

/** One JSON object a line. Secrets are taken out of every line. */
export function appLog(write: (line: string) => void, secrets: readonly string[], now: () => number): AppLog {
  const clean = redactor(secrets);
  const log =
    (level: "info" | "warn" | "error") =>
    (message: string, fields: LogFields = {}): void => {
      const line = JSON.stringify({ time: new Date(now()).toISOString(), level, message, ...fields });
      write(`${clean(line)}\n`);
    };
  return { info: log("info"), warn: log("warn"), error: log("error") };
}

/** What kind of error it was, for errors whose message may quote what people wrote. */
export function errorKind(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  return "code" in error && typeof error.code === "string" ? `${error.name} ${error.code}` : error.name;
}
