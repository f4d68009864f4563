import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createShopRepository, type ShopRepository } from "../../../src/standin/shop/shop-repository.ts";

const run = promisify(execFile);
const tsc = join(import.meta.dirname, "../../../node_modules/.bin/tsc");

let scratch: string;
let shop: ShopRepository;

/** Moves a service over as somebody would who never looks twice: by names alone. */
function moved(source: string): string {
  return source
    .replace(
      'import { createLogger, type Logger } from "../logger.ts";',
      'import { BaseService } from "./base-service.ts";',
    )
    .replace(/export class (\w+) \{/, "export class $1 extends BaseService {")
    .replace("  private readonly logger: Logger;\n  private started = false;\n", "")
    .replace("this.logger = createLogger(", "super(")
    .replaceAll(/ {2}(?:private |async )?(?:start|stop|ensureStarted)\(\): [\w<>]+ \{\n.*?\n {2}\}\n/gs, "");
}

async function complaints(): Promise<string> {
  try {
    await run(tsc, ["--noEmit", "--pretty", "false"], { cwd: shop.directory });
    return "";
  } catch (error) {
    return String((error as { stdout: unknown }).stdout);
  }
}

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), "shop-services-"));
  const searchPath = process.env["PATH"];
  shop = await createShopRepository(join(scratch, "shop"), searchPath === undefined ? {} : { searchPath });
});

afterAll(async () => {
  await rm(scratch, { recursive: true, force: true });
});

describe("moving the example's services to BaseService", () => {
  it.each(["order", "product", "customer", "pricing"])("is straightforward for the %s service", async (name) => {
    const path = join(shop.directory, `src/services/${name}-service.ts`);
    const after = moved(await readFile(path, "utf8"));
    await writeFile(path, after);

    expect(await complaints()).toBe("");
    expect(after).toMatch(/extends BaseService \{[^]*super\("/);
    expect(after).not.toMatch(/started\b|createLogger|async st(?:art|op)\(/);
  });

  it("needs judgement for the notification service, and the compiler says so", async () => {
    const path = join(shop.directory, "src/services/notification-service.ts");
    await writeFile(path, moved(await readFile(path, "utf8")));

    expect(await complaints()).toMatch(/^src\/services\/notification-service\.ts\(\d+,\d+\): error TS/m);
  });
});
