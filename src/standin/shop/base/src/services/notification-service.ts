import { EventEmitter } from "node:events";

import { createLogger, type Logger } from "../logger.ts";

export interface Mail {
  to: string;
  subject: string;
  text: string;
}

export interface NotificationOptions {
  endpoint: string;
  /** Mails that may wait while the mail server is slow; more are refused. */
  queueLimit?: number;
}

/** Sends mails in the background; emits `sent` and `failed` with the mail. */
export class NotificationService extends EventEmitter {
  private readonly logger: Logger;
  private started = false;
  readonly #endpoint: string;
  readonly #queueLimit: number;
  readonly #inFlight = new Set<Promise<void>>();

  constructor(options: NotificationOptions) {
    super({ captureRejections: true });
    this.logger = createLogger("notification-service");
    this.#endpoint = options.endpoint;
    this.#queueLimit = options.queueLimit ?? 1000;
  }

  /** Unlike in the other services this is synchronous: the first listener has to be there before the first mail. */
  start(): void {
    if (this.started) return;
    this.started = true;
    this.on("failed", (mail: Mail) => this.logger.warn("mail not sent", { to: mail.to, subject: mail.subject }));
    this.logger.info("started");
  }

  async stop(): Promise<void> {
    if (!this.started) return;
    this.started = false;
    await Promise.allSettled(this.#inFlight);
    this.removeAllListeners();
    this.logger.info("stopped");
  }

  async send(mail: Mail): Promise<void> {
    this.ensureStarted();
    if (this.#inFlight.size >= this.#queueLimit) throw new Error("too many mails are waiting");
    const delivery = this.#deliver(mail).finally(() => this.#inFlight.delete(delivery));
    this.#inFlight.add(delivery);
    await delivery;
  }

  async #deliver(mail: Mail): Promise<void> {
    const answer = await fetch(this.#endpoint, { method: "POST", body: JSON.stringify(mail) });
    this.emit(answer.ok ? "sent" : "failed", mail);
    if (!answer.ok) throw new Error(`the mail server answered ${answer.status}`);
  }

  private ensureStarted(): void {
    if (!this.started) throw new Error("the service has not been started");
  }
}
