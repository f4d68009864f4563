import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** Where the files lie that the engine loads at run time, as absolute paths; a bundle ships them beside itself and says where. */
export type RuleAssets = {
  /** `wasm_bg.wasm` of @ast-grep/wasm. */
  readonly astGrepWasm: string;
  /** `web-tree-sitter.wasm` of web-tree-sitter, of the same version as its JavaScript. */
  readonly treeSitterWasm: string;
  /** Folder with `tree-sitter-<grammar>.wasm`, see `GRAMMARS`. */
  readonly grammarDirectory: string;
  /** The built-in packs: a folder with `<language>/<id>.yml`, or one file with the rules in them, parsed. */
  readonly packs: { readonly kind: "folder" | "parsed"; readonly path: string };
};

/** The assets as npm installed them and as the source tree has them. Not for bundles. */
export function installedAssets(): RuleAssets {
  const { resolve: locate } = createRequire(import.meta.url);
  return {
    astGrepWasm: locate("@ast-grep/wasm/wasm_bg.wasm"),
    treeSitterWasm: locate("web-tree-sitter/web-tree-sitter.wasm"),
    grammarDirectory: dirname(locate("@vscode/tree-sitter-wasm/wasm/tree-sitter-typescript.wasm")),
    packs: { kind: "folder", path: join(import.meta.dirname, "packs") },
  };
}

/** The bytes of an asset. @throws Error that names the asset when it is not there: the installation is incomplete. */
export async function readAsset(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (cause) {
    throw new Error(`The rules engine is incomplete: ${path} cannot be read`, { cause });
  }
}
