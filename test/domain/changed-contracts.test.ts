import { describe, expect, it } from "vitest";

import { changedContracts } from "../../src/domain/changed-contracts.ts";
import { aFile, aHunk } from "../support/builders.ts";

const contractsOf = (path: string, ...lines: readonly string[]): unknown =>
  changedContracts([aFile(path, [aHunk(10, lines)])]).map(({ name, before, after, side, line }) => [
    name,
    before,
    after,
    side,
    line,
  ]);

describe("changedContracts", () => {
  it.each([
    [
      "a.ts",
      [
        "-export async function load(id: string): Promise<Row> {",
        "+export async function load(id: string, deep = false): Promise<Row> {",
      ],
      [
        "load",
        "export async function load(id: string): Promise<Row>",
        "export async function load(id: string, deep = false): Promise<Row>",
      ],
    ],
    [
      "a.js",
      ["-exports.close = function (a) {", "+exports.close = function (a, b) {"],
      ["close", "exports.close = function (a)", "exports.close = function (a, b)"],
    ],
    [
      "a.js",
      ["-\tTopics.get = async function (tid) {", "+\tTopics.get = async function (tid, uid) {"],
      ["get", "Topics.get = async function (tid)", "Topics.get = async function (tid, uid)"],
    ],
    [
      "A.java",
      ["-\tpublic Owners(Store store) {", "+\tpublic Owners(Store store, Clock clock) {"],
      ["Owners", "public Owners(Store store)", "public Owners(Store store, Clock clock)"],
    ],
    ["a.py", ["-def load(id):", "+async def load(id):"], ["load", "def load(id)", "async def load(id)"]],
    [
      "a.go",
      ["-func (s *Store) Get(id string) *Row {", "+func (s *Store) Get(id string) (*Row, error) {"],
      ["Get", "func (s *Store) Get(id string) *Row", "func (s *Store) Get(id string) (*Row, error)"],
    ],
    [
      "A.java",
      ["-  public List<Row> load(String id) {", "+  public List<Row> load(String id) throws IOException {"],
      ["load", "public List<Row> load(String id)", "public List<Row> load(String id) throws IOException"],
    ],
  ])("sees a changed signature in %s", (path, lines, [name, before, after]) => {
    expect(contractsOf(path, ...lines)).toEqual([[name, before, after, "RIGHT", 10]]);
  });

  it("sees a parameter added on a line of its own", () => {
    expect(
      contractsOf("a.ts", " export function sum(", "   a: number,", "+  b: number,", " ): number {", "   return a;"),
    ).toEqual([
      [
        "sum",
        "export function sum(a: number): number",
        "export function sum(a: number, b: number): number",
        "RIGHT",
        10,
      ],
    ]);
  });

  it("sees a changed member of an exported type", () => {
    expect(contractsOf("a.ts", " export interface Row {", "-  id: number;", "+  id: string;", " }")).toEqual([
      ["Row", "export interface Row {id: number;}", "export interface Row {id: string;}", "RIGHT", 10],
    ]);
  });

  it("points at the old line of a declaration that is gone", () => {
    expect(contractsOf("a.ts", " const a = 1;", "-export const LIMIT = 5;")).toEqual([
      ["LIMIT", "export const LIMIT = 5", undefined, "LEFT", 11],
    ]);
  });

  it.each([
    ["a new export", "a.ts", ["+export function added() {}"]],
    ["a change of the body", "a.ts", [" export function f() {", "-  return 1;", "+  return 2;"]],
    [
      "a change of the layout",
      "a.ts",
      ["-export function f(a: number) {", "+export function f(", "+  a: number,", "+) {"],
    ],
    ["what is not exported", "a.go", ["-func get(id string) {", "+func get(id int) {"]],
    ["a private function of Python", "a.py", ["-def _load(a):", "+def _load(b):"]],
    ["tests", "a.test.ts", ["-export const A = 1;", "+export const A = 2;"]],
    ["languages it does not read", "a.txt", ["-export const A = 1;", "+export const A = 2;"]],
  ])("leaves %s alone", (_, path, lines) => {
    expect(contractsOf(path, ...lines)).toEqual([]);
  });

  it("does not take a declaration that moved within its file for a change", () => {
    const file = aFile("a.ts", [
      aHunk(1, ["-export function f(a: number) {", "-}"]),
      aHunk(40, ["+export function f(a: number) {", "+}"]),
    ]);

    expect(changedContracts([file])).toEqual([]);
  });

  it("ends on any text in time linear in it", () => {
    const line = `export function ${"(".repeat(390)}`;

    expect(contractsOf("a.ts", ...Array.from({ length: 2_000 }, () => `-${line}`))).toEqual([]);
    expect(contractsOf("A.java", `-  public ${"a ".repeat(190)}`)).toEqual([]);
  });
});
