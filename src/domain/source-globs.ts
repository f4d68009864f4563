/** Files that programs are made of, in the languages that the rules know and their neighbours. */
export const SOURCES = ["**/*.{ts,mts,cts,tsx,js,mjs,cjs,jsx,py,go,java,kt,scala,rb,php,cs,rs,swift}"];
