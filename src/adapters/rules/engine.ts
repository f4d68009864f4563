import { join } from "node:path";

import type { SgNode } from "@ast-grep/wasm";
import * as astGrep from "@ast-grep/wasm/wasm_bg.js";
import { Node, Parser, type Tree, TreeCursor } from "web-tree-sitter";

import { errorMessage } from "../../domain/errors.ts";
import { type RuleAssets, readAsset } from "./assets.ts";
import { GRAMMARS, type Grammar, type LanguageId } from "./languages.ts";
import type { Matcher } from "./rule.ts";

/** A match, copied out of the tree. Lines and columns are 0-based, columns and indexes in UTF-16 code units, ends exclusive. */
export type Match = {
  readonly start: { readonly line: number; readonly index: number };
  readonly end: { readonly line: number; readonly column: number; readonly index: number };
  /** What the asked-for metavariables stand for, as it stands in the source; several nodes are one text. */
  readonly captured: ReadonlyMap<string, string>;
};

/** Finds what a matcher matches in one parsed file, in source order; `names` are the metavariables to copy out (`X`, not `$X`). */
type Find = (matcher: Matcher, names: readonly string[]) => readonly Match[];

/** Tree-sitter and ast-grep, loaded once in this thread. Not safe to open twice in one thread: the packages hold one instance each. */
export type Engine = {
  /** Loads the grammar of `language`, once: each costs about 10 ms. Wanted before the first file of that language. */
  load(language: LanguageId): Promise<void>;
  /**
   * Parses `text` and lets `use` search it.
   * @throws Error with ast-grep's words when a matcher is wrong; RangeError when the code is nested too deeply, after
   * which this thread's engine is not to be trusted any more.
   */
  withTree<T>(language: LanguageId, text: string, use: (find: Find) => T): T;
  /** What ast-grep has against a matcher in this language; undefined when it is fine. */
  complaint(language: LanguageId, matcher: Matcher): string | undefined;
};

/** Loads the engine, without any grammar. */
export async function openEngine(assets: RuleAssets): Promise<Engine> {
  const [module] = await Promise.all([
    readAsset(assets.astGrepWasm).then((bytes) =>
      WebAssembly.instantiate(bytes, { "./wasm_bg.js": importsOf(astGrep) }),
    ),
    Parser.init({ locateFile: () => assets.treeSitterWasm }),
  ]);
  // oxlint-disable-next-line no-underscore-dangle -- wasm-bindgen's name
  astGrep.__wbg_set_wasm(module.instance.exports);
  const start = module.instance.exports["__wbindgen_start"];
  if (typeof start !== "function") throw new Error(`${assets.astGrepWasm} is not the WebAssembly of @ast-grep/wasm`);
  start();
  await astGrep.initializeTreeSitter();
  const loaded = new Set<LanguageId>();
  const leaks = collectLeaks();

  const withTree = <T>(language: LanguageId, text: string, use: (find: Find) => T): T => {
    const tree = astGrep.parse(language, text);
    const root = tree.root();
    const result = use((matcher, names) => root.findAll(matcher).map((node) => copied(node, names, text)));
    // Not in a finally: after a trap in WebAssembly these would throw too, and hide what happened.
    root.free();
    tree.free();
    leaks.free();
    return result;
  };
  return {
    async load(language) {
      if (loaded.has(language)) return;
      await astGrep.registerDynamicLanguage({ [language]: registration(language, assets.grammarDirectory) });
      loaded.add(language);
    },
    withTree,
    complaint(language, matcher) {
      try {
        withTree(language, "", (find) => find(matcher, []));
        return undefined;
      } catch (error) {
        return errorMessage(error);
      }
    },
  };
}

/** The match as plain data. Frees the node, which would keep its whole tree in memory. */
function copied(node: SgNode, names: readonly string[], text: string): Match {
  const { start, end } = position(node);
  const captured = new Map<string, string>();
  for (const name of names) {
    const single = node.getMatch(name);
    const nodes = single === undefined ? node.getMultipleMatches(name) : [single];
    const spans = nodes.map((one) => position(one));
    for (const one of nodes) one.free();
    const [first, last] = [spans[0], spans.at(-1)];
    if (first !== undefined && last !== undefined) captured.set(name, text.slice(first.start.index, last.end.index));
    else captured.set(name, node.getTransformed(name) ?? "");
  }
  node.free();
  return { start, end, captured };
}

function position(node: SgNode): Pick<Match, "start" | "end"> {
  const range = node.range();
  const [from, to] = [range.start, range.end];
  const result = {
    start: { line: from.line, index: from.index },
    end: { line: to.line, column: to.column, index: to.index },
  };
  from.free();
  to.free();
  range.free();
  return result;
}

function registration(id: LanguageId, directory: string): { libraryPath: string; expandoChar?: string } {
  const grammar: Grammar = GRAMMARS[id];
  const libraryPath = join(directory, `tree-sitter-${id}.wasm`);
  return grammar.expandoChar === undefined ? { libraryPath } : { libraryPath, expandoChar: grammar.expandoChar };
}

function importsOf(namespace: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(namespace));
}

/**
 * @ast-grep/wasm 0.45 never deletes the trees and cursors that it makes, which live outside the garbage collector:
 * about 18 bytes leak for each byte parsed. So we remember what it makes and delete it after each file.
 */
function collectLeaks(): { free(): void } {
  const trees = new Set<Tree>();
  const cursors = new Set<TreeCursor>();
  /* oxlint-disable typescript/unbound-method -- called with the receiver below */
  const { parse } = Parser.prototype;
  const { walk } = Node.prototype;
  const { copy } = TreeCursor.prototype;
  /* oxlint-enable typescript/unbound-method */
  Parser.prototype.parse = function parseAndRemember(...args) {
    const tree = parse.apply(this, args);
    if (tree !== null) trees.add(tree);
    return tree;
  };
  Node.prototype.walk = function walkAndRemember() {
    const cursor = walk.apply(this);
    cursors.add(cursor);
    return cursor;
  };
  TreeCursor.prototype.copy = function copyAndRemember() {
    const cursor = copy.apply(this);
    cursors.add(cursor);
    return cursor;
  };
  return {
    free: () => {
      for (const cursor of cursors) cursor.delete();
      for (const tree of trees) tree.delete();
      cursors.clear();
      trees.clear();
    },
  };
}
