import { PrismaClient } from "@prisma/client";

/** The catalogue is read through Prisma; everything with money in it is SQL. */
export const prisma = new PrismaClient();
