/** Bundles the doors into dist/, with the files they load at run time beside them (see src/entry/bundle-layout.ts). */
import { cpSync, mkdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

import { rolldown } from "rolldown";

import { installedAssets } from "../../src/adapters/rules/assets.ts";
import { GRAMMARS } from "../../src/adapters/rules/languages.ts";

const BUNDLES = {
  action: "src/entry/action.ts",
  cli: "src/entry/cli.ts",
  "rules-worker": "src/adapters/rules/worker.ts",
} as const;

/** A bundle above this is a mistake: something was pulled in that nobody needs. */
const MAX_BUNDLE_BYTES = 4_000_000;

rmSync("dist", { recursive: true, force: true });
for (const [name, input] of Object.entries(BUNDLES)) {
  const bundle = await rolldown({ input, platform: "node", logLevel: "warn" });
  const file = `dist/${name}.js`;
  await bundle.write({ file, format: "esm", codeSplitting: false, minify: true });
  await bundle.close();
  const { size } = statSync(file);
  if (size > MAX_BUNDLE_BYTES) throw new Error(`${file} has ${size} bytes, more than ${MAX_BUNDLE_BYTES}`);
  console.log(`${file} ${(size / 1e6).toFixed(2)} MB`);
}

const assets = installedAssets();
mkdirSync("dist/assets/grammars", { recursive: true });
cpSync(assets.astGrepWasm, "dist/assets/ast-grep.wasm");
cpSync(assets.treeSitterWasm, "dist/assets/web-tree-sitter.wasm");
cpSync(assets.packDirectory, "dist/assets/packs", { recursive: true });
for (const grammar of Object.keys(GRAMMARS)) {
  const name = `tree-sitter-${grammar}.wasm`;
  cpSync(join(assets.grammarDirectory, name), join("dist/assets/grammars", name));
}
for (const tree of ["base", "pull-request"]) {
  cpSync(join("src/standin/shop", tree), join("dist/assets/shop", tree), { recursive: true });
}
