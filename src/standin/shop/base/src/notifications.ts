import { loadConfig } from "./config.ts";
import { NotificationService } from "./services/notification-service.ts";

/** One queue of mails for the whole process; the server starts and stops it. */
export const notifications = new NotificationService({ endpoint: loadConfig().mailEndpoint });
