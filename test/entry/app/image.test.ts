import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

const root = join(import.meta.dirname, "../../..");
const folder = ".github/app";
const read = (path: string): string => readFileSync(join(root, path), "utf8");

const Package = z.object({
  dependencies: z.record(z.string(), z.string()),
  devDependencies: z.record(z.string(), z.string()),
});
const Service = z.object({
  image: z.string(),
  build: z.object({ context: z.string(), dockerfile: z.string() }).optional(),
  command: z.array(z.string()).optional(),
  user: z.string().optional(),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.array(z.string()),
  ports: z.array(z.string()).optional(),
  privileged: z.undefined().optional(),
  network_mode: z.undefined().optional(),
  mem_limit: z.string(),
  stop_grace_period: z.string(),
  depends_on: z.object({ database: z.object({ condition: z.literal("service_healthy") }) }).optional(),
  environment: z.record(z.string(), z.string()),
});
const Compose = z.object({ services: z.object({ web: Service, worker: Service, database: Service }) });

/** The instructions of the Dockerfile, continued lines joined: name and the rest. */
function instructions(): readonly (readonly [string, string])[] {
  return read(`${folder}/Dockerfile`)
    .replaceAll(/^#.*\n/gm, "")
    .replaceAll(/\\\n\s*/g, "")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)] as const);
}

const valuesOf = (name: string): readonly string[] =>
  instructions().flatMap(([instruction, value]) => (instruction === name ? [value] : []));

describe("the image", () => {
  it("is made from one exact version of Node, the one that we test with", () => {
    const { devDependencies } = Package.parse(JSON.parse(read("package.json")));

    const bases = valuesOf("FROM").map((value) => value.replace(/ AS .*/, ""));

    expect(new Set(bases)).toEqual(new Set([`node:${devDependencies["node"]}-bookworm-slim`]));
  });

  it("copies only what is there, and what the builder is sent", () => {
    const sent = read(`${folder}/Dockerfile.dockerignore`)
      .split("\n")
      .flatMap((line) => (line.startsWith("!") ? [line.slice(1)] : []));
    const copied = valuesOf("COPY")
      .filter((value) => !value.startsWith("--from="))
      .flatMap((value) => value.split(" ").slice(0, -1));

    expect(copied.length).toBeGreaterThan(5);
    for (const path of copied)
      expect([path, existsSync(join(root, path)), sent.includes(path)]).toEqual([path, true, true]);
    expect(valuesOf("ADD")).toEqual([]);
  });

  it("leaves out what only development needs, and carries out no scripts of packages", () => {
    const installs = valuesOf("RUN").filter((value) => value.includes("npm"));

    expect(installs).toEqual(["npm ci --omit=dev --ignore-scripts"]);
  });

  it("has every package that the program loads", () => {
    const { dependencies } = Package.parse(JSON.parse(read("package.json")));
    const loaded = globSync("src/**/*.{ts,mjs}", { cwd: root })
      .filter((file) => !/^src\/standin\/shop\/(?:base|pull-request)\//.test(file))
      .flatMap((file) =>
        [...read(file).matchAll(/^(?:import|export)\b(?! type\b)[^;]*?from "([^".][^"]*)"/gm)].map(
          ([, name = ""]) => name,
        ),
      )
      .filter((name) => !name.startsWith("node:"))
      .map((name) =>
        name
          .split("/")
          .slice(0, name.startsWith("@") ? 2 : 1)
          .join("/"),
      );

    expect(loaded.length).toBeGreaterThan(50);
    expect([...new Set(loaded)].filter((name) => dependencies[name] === undefined)).toEqual([]);
  });

  it("runs as nobody special, starts what exists and is asked for what is served", () => {
    expect(valuesOf("USER").at(-1)).toBe("1000:1000");
    const [entry = ""] = valuesOf("ENTRYPOINT");
    expect(z.array(z.string()).parse(JSON.parse(entry))).toEqual(["node", "src/entry/cli.ts", "app"]);
    expect(existsSync(join(root, "src/entry/cli.ts"))).toBe(true);
    const [health = ""] = valuesOf("HEALTHCHECK");
    const path = /127\.0\.0\.1:3000(\/\w+)'/.exec(health)?.[1] ?? "";
    expect(read("src/entry/app/server-routes.ts")).toContain(`routes.get("${path}"`);
  });
});

describe("the compose file", () => {
  const { services } = Compose.parse(parse(read(`${folder}/compose.yaml`), { merge: true }));

  it("gives the App's processes no more rights than they need, and only the proxy's door", () => {
    for (const service of [services.web, services.worker]) {
      expect(service).toMatchObject({
        user: "1000:1000",
        read_only: true,
        cap_drop: ["ALL"],
        security_opt: ["no-new-privileges:true"],
      });
      expect(service.depends_on).toBeDefined();
      expect(existsSync(join(root, folder, service.build?.context ?? "", service.build?.dockerfile ?? ""))).toBe(true);
    }
    expect(services.web.ports).toEqual(["127.0.0.1:3000:3000"]);
    expect([services.worker.ports, services.database.ports]).toEqual([undefined, undefined]);
  });

  it("names exact versions, and no password", () => {
    expect(services.database.image).toMatch(/^postgres:\d+\.\d+-/);
    expect(read(`${folder}/compose.yaml`)).not.toMatch(/PASSWORD: (?!\$\{POSTGRES_PASSWORD:\?)/);
    expect(services.web.environment["DATABASE_URL"]).toMatch(
      /^postgres:\/\/\w+:\$\{POSTGRES_PASSWORD:\?[^}]+\}@database:5432\/\w+$/,
    );
  });

  it("waits longer than jobs are given to end", () => {
    const grace = Number(/GRACE_MS = ([\d_]+)/.exec(read("src/entry/app/open-app.ts"))?.[1]?.replaceAll("_", ""));

    expect(Number.parseInt(services.worker.stop_grace_period, 10) * 1_000).toBeGreaterThan(grace);
  });

  it("starts the App with options that it has", () => {
    for (const { command = [] } of [services.web, services.worker]) {
      const options = command.filter((word) => word.startsWith("--")).map((word) => word.slice(2));
      expect(options).toEqual(["role", "host", "port", "data"]);
      for (const option of options)
        expect(read("src/entry/command-options.ts")).toContain(`  ${option}: { type: "string" }`);
    }
  });

  it("comes with an example of variables that the App reads, none of them filled with a secret", () => {
    const lines = read(`${folder}/app.env.example`)
      .split("\n")
      .filter((line) => /^[A-Z]/.test(line));
    const readers = ["app-settings", "app-claude", "open-app"];
    const source = readers.map((name) => read(`src/entry/app/${name}.ts`)).join("");

    expect(lines.length).toBeGreaterThan(10);
    for (const line of lines) {
      const [name = "", value = ""] = line.split("=");
      expect(source).toMatch(new RegExp(`\\b${name}\\b`));
      if (/KEY|SECRET|TOKEN|ID$/.test(name)) expect(value).toBe("");
    }
    expect(read(".gitignore")).toMatch(/^app\.env$/m);
  });
});
