import { createLogger, type Logger } from "../logger.ts";

/**
 * What every service has in common: a logger of its own name, and a lifecycle that is safe to call twice.
 * A service with something to prepare or to let go of overrides `onStart` or `onStop`.
 */
export abstract class BaseService {
  readonly name: string;
  protected readonly logger: Logger;
  private started = false;

  constructor(name: string) {
    this.name = name;
    this.logger = createLogger(name);
  }

  async start(): Promise<void> {
    if (this.started) return;
    await this.onStart();
    this.started = true;
    this.logger.info("started");
  }

  async stop(): Promise<void> {
    if (!this.started) return;
    this.started = false;
    await this.onStop();
    this.logger.info("stopped");
  }

  protected async onStart(): Promise<void> {}

  protected async onStop(): Promise<void> {}

  protected ensureStarted(): void {
    if (!this.started) throw new Error("the service has not been started");
  }
}
