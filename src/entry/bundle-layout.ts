import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

import { installedAssets, type RuleAssets } from "../adapters/rules/assets.ts";

/** Where the files lie that are loaded at run time: beside the bundle, or where npm and the source tree have them. */
export type BundleLayout = {
  readonly ruleAssets: RuleAssets;
  readonly rulesWorker: URL;
  /** Folder with the example shop's `base` and `pull-request` trees. */
  readonly shopSources: string;
  /** Installed packages that the demo gives to its check; undefined where there are none. */
  readonly installed: string | undefined;
  /** Folder with the built-in recipes. */
  readonly recipes: string;
  /** The Action's main file and its description. */
  readonly actionMain: string;
  readonly actionFile: string;
};

/** The layout of `dist/`, which `.github/scripts/build.ts` writes, when we run from there; else that of the source tree. */
export function bundleLayout(): BundleLayout {
  const here = import.meta.dirname;
  if (import.meta.filename.endsWith(".ts")) {
    const source = dirname(here);
    return {
      ruleAssets: installedAssets(),
      rulesWorker: new URL("../adapters/rules/worker.ts", import.meta.url),
      shopSources: join(source, "standin", "shop"),
      installed: join(source, "..", "node_modules"),
      recipes: join(here, "recipes"),
      actionMain: join(here, "action.ts"),
      actionFile: join(source, "..", "action.yml"),
    };
  }
  const assets = join(here, "assets");
  return {
    ruleAssets: {
      astGrepWasm: join(assets, "ast-grep.wasm"),
      treeSitterWasm: join(assets, "web-tree-sitter.wasm"),
      grammarDirectory: join(assets, "grammars"),
      packs: { kind: "parsed", path: join(assets, "packs.json") },
    },
    rulesWorker: new URL("rules-worker.js", import.meta.url),
    shopSources: join(assets, "shop"),
    installed: existsSync(join(here, "..", "node_modules")) ? join(here, "..", "node_modules") : undefined,
    recipes: join(assets, "recipes"),
    actionMain: join(here, "action.js"),
    actionFile: join(here, "..", "action.yml"),
  };
}
