export interface Logger {
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** One JSON object a line, as the log collector wants it. */
export function createLogger(name: string): Logger {
  const write = (level: string, message: string, fields: Record<string, unknown> = {}) => {
    console.log(JSON.stringify({ at: new Date().toISOString(), level, name, message, ...fields }));
  };
  return {
    info: (message, fields) => write("info", message, fields),
    warn: (message, fields) => write("warn", message, fields),
    error: (message, fields) => write("error", message, fields),
  };
}
