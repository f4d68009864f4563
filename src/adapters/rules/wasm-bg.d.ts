/** The part of the WebAssembly interface that we use: TypeScript has it only in its DOM library, Node's types not at all. */
declare namespace WebAssembly {
  type Exports = Record<string, unknown>;
  type Imports = Record<string, Record<string, unknown>>;
  function instantiate(bytes: Uint8Array, imports: Imports): Promise<{ instance: { exports: Exports } }>;
}

/** The half of @ast-grep/wasm that does not import a .wasm file as a module (which Node warns about and bundlers cannot). */
declare module "@ast-grep/wasm/wasm_bg.js" {
  export * from "@ast-grep/wasm";
  // oxlint-disable-next-line no-underscore-dangle -- wasm-bindgen's name
  export function __wbg_set_wasm(exports: WebAssembly.Exports): void;
}
