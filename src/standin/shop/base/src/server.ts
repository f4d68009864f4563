import express, { json } from "express";

import { loadConfig } from "./config.ts";
import { db, pool } from "./db.ts";
import { authenticate } from "./http/authenticate.ts";
import { errorHandler } from "./http/error-handler.ts";
import { createLogger } from "./logger.ts";
import { notifications } from "./notifications.ts";
import { prisma } from "./prisma.ts";
import { OrderRepository } from "./repositories/order-repository.ts";
import { ProductRepository } from "./repositories/product-repository.ts";
import { createRoutes } from "./routes/index.ts";
import { CustomerService } from "./services/customer-service.ts";
import { OrderService } from "./services/order-service.ts";
import { PricingService } from "./services/pricing-service.ts";
import { ProductService } from "./services/product-service.ts";

const VAT_PERCENT = 23;

const config = loadConfig();
const logger = createLogger("server");
const services = [
  new OrderService(new OrderRepository(db)),
  new ProductService(new ProductRepository(prisma)),
  new CustomerService(db),
  new PricingService(VAT_PERCENT),
  notifications,
];

for (const service of services) await service.start();

const app = express();
app.use(json());
app.use("/api", authenticate, createRoutes());
app.use(errorHandler);
const server = app.listen(config.port, () => logger.info("listening", { port: config.port }));

async function shutDown(): Promise<void> {
  for (const service of services.toReversed()) await service.stop();
  await Promise.all([pool.end(), prisma.$disconnect()]);
}

process.once("SIGTERM", () => {
  server.close(() => {
    shutDown().catch((error: unknown) => logger.error("did not shut down cleanly", { error: String(error) }));
  });
});
