/** Bundles the doors into dist/, with the files they load at run time beside them (see src/entry/bundle-layout.ts). */
import { cpSync, mkdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";

import { type Plugin, rolldown } from "rolldown";

import { installedAssets } from "../../src/adapters/rules/assets.ts";
import { builtInRules } from "../../src/adapters/rules/built-in-rules.ts";
import { GRAMMARS } from "../../src/adapters/rules/languages.ts";

const BUNDLES = {
  action: "src/entry/action.ts",
  cli: "src/entry/cli.ts",
  "rules-worker": "src/adapters/rules/worker.ts",
} as const;

/** A bundle above this is a mistake: something was pulled in that nobody needs. */
const MAX_BUNDLE_BYTES = 3_100_000;

/**
 * The App needs an installation: its embedded database is a package with files of its own. In the bundle the command says so.
 */
const WITHOUT_APP = {
  name: "without-app",
  resolveId: (id: string): string | undefined => (id.endsWith("/app/app-command.ts") ? "\0no-app" : undefined),
  load: (id: string): string | undefined =>
    id === "\0no-app"
      ? `import { ConfigurationError } from ${JSON.stringify(join(import.meta.dirname, "../../src/domain/errors.ts"))};
         export const appCommand = async () => {
           throw new ConfigurationError("the App is not in this bundle: run it from the repository with npm ci and npm run app");
         };`
      : undefined,
};

/** This entry awaits nothing while it is loaded (src/entry/action.ts), so parts of it may import it; the other one would be waited for for ever. */
const IMPORTED_BY_PARTS = "action";

/** Packages that an entry and the packages of a cloud's provider have in common. */
const SHARED = /node_modules[\\/](?:@anthropic-ai[\\/]sdk)[\\/]/;

/**
 * What the AWS packages would load when they are given no credentials, or asked for another kind of signature: neither happens
 * (src/adapters/claude/open-client.ts).
 */
const NEVER_LOADED: ReadonlySet<string> = new Set([
  "@aws-sdk/credential-providers",
  "@aws-sdk/signature-v4-crt",
  "@aws-sdk/signature-v4a",
]);

/**
 * @actions/core brings a client of its own for HTTP, with undici, half a megabyte, and a way to run programs. We make no requests by it (Node
 * has undici inside) and run nothing, so the bundle is spared them, and each start the modules of Node that they load.
 */
const UNUSED_BY_CORE: Readonly<Record<string, string>> = {
  "@actions/http-client": "export class HttpClient { constructor() { throw new Error('it is not in this bundle'); } }",
  "@actions/http-client/lib/auth": "export class BearerCredentialHandler {}",
  "@actions/exec": "export const getExecOutput = () => { throw new Error('it is not in this bundle'); };",
};
const WITHOUT_CLIENT: Plugin = {
  name: "without-client",
  resolveId: (id) => (id in UNUSED_BY_CORE ? `\0unused:${id}` : undefined),
  load: (id) => UNUSED_BY_CORE[id.replace("\0unused:", "")],
};

rmSync("dist", { recursive: true, force: true });
for (const [name, input] of Object.entries(BUNDLES)) {
  // web-tree-sitter carries an eval for grammars with inline JavaScript, which none of ours has.
  const bundle = await rolldown({
    input,
    platform: "node",
    logLevel: "warn",
    checks: { eval: false },
    external: [...NEVER_LOADED],
    plugins: [WITHOUT_APP, WITHOUT_CLIENT],
  });
  const { output } = await bundle.write({
    dir: "dist",
    format: "esm",
    minify: true,
    entryFileNames: `${name}.js`,
    // Beside the entry, wherever a module comes to lie: what is loaded at run time is found from there.
    chunkFileNames: `${name}-[name].js`,
    // What an entry and a part that it loads later both need. Never the entry itself: it is still running, and they would wait for each other.
    codeSplitting: { groups: [{ name: "shared", test: SHARED }] },
  });
  await bundle.close();
  const files = new Set(output.map(({ fileName }) => fileName));
  let whole = 0;
  for (const chunk of output) {
    if (chunk.type !== "chunk") throw new Error(`${chunk.fileName} is not code`);
    const required = [...chunk.code.matchAll(/\brequire\(["']([^"']+)["']\)/g)].map(([, target = ""]) => target);
    const loaded = [...chunk.imports, ...chunk.dynamicImports, ...required];
    const missing = loaded.filter((target) => !files.has(target) && !isBuiltin(target) && !NEVER_LOADED.has(target));
    if (missing.length > 0) throw new Error(`${chunk.fileName} does not stand alone: it loads ${missing.join(", ")}`);
    if (name !== IMPORTED_BY_PARTS && !chunk.isEntry && chunk.imports.includes(`${name}.js`)) {
      throw new Error(`${chunk.fileName} imports ${name}.js, which waits for it: add what they share to SHARED`);
    }
    const { size } = statSync(join("dist", chunk.fileName));
    whole += size;
    console.log(`dist/${chunk.fileName} ${(size / 1e6).toFixed(2)} MB`);
  }
  if (whole > MAX_BUNDLE_BYTES) throw new Error(`${name} has ${whole} bytes, more than ${MAX_BUNDLE_BYTES}`);
}
// Node would else read each file twice to find out that it is a module, where no package.json lies above it.
writeFileSync("dist/package.json", `${JSON.stringify({ type: "module" })}\n`);

const assets = installedAssets();
mkdirSync("dist/assets/grammars", { recursive: true });
cpSync(assets.astGrepWasm, "dist/assets/ast-grep.wasm");
cpSync(assets.treeSitterWasm, "dist/assets/web-tree-sitter.wasm");
writeFileSync("dist/assets/packs.json", JSON.stringify(await builtInRules(assets.packs, new AbortController().signal)));
for (const grammar of Object.keys(GRAMMARS)) {
  const name = `tree-sitter-${grammar}.wasm`;
  cpSync(join(assets.grammarDirectory, name), join("dist/assets/grammars", name));
}
cpSync("src/entry/recipes", "dist/assets/recipes", { recursive: true });
for (const tree of ["base", "pull-request"]) {
  cpSync(join("src/standin/shop", tree), join("dist/assets/shop", tree), { recursive: true });
}

function isBuiltin(target: string): boolean {
  return target.startsWith("node:") || builtinModules.includes(target);
}
