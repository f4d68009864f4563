import type { ErrorRequestHandler } from "express";

import { createLogger } from "../logger.ts";
import { HttpError } from "./http-error.ts";

const logger = createLogger("http");

export const errorHandler: ErrorRequestHandler = (error, req, res, next) => {
  if (res.headersSent) {
    next(error);
    return;
  }
  if (error instanceof HttpError) {
    res.status(error.status).json({ error: error.message });
    return;
  }
  logger.error("request failed", { method: req.method, url: req.url, error: String(error) });
  res.status(500).json({ error: "something went wrong on our side" });
};
