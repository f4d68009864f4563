import nock from "nock";
import { afterEach, beforeEach, expect } from "vitest";

import { createGitHub } from "../../../src/adapters/github/octokit.ts";
import type { GitHub, GitHubOptions } from "../../../src/adapters/github/octokit.ts";

export const API = "https://api.github.com";
export const TOKEN = "ghs_canary_0123456789abcdefghijklmnop";
export const HEAD = "1".repeat(40);
export const BASE = "2".repeat(40);

export function never(): AbortSignal {
  return new AbortController().signal;
}

/** A client that waits for nothing. */
export function client(options: Partial<GitHubOptions> = {}): GitHub {
  return createGitHub({ repository: "acme/shop", token: TOKEN, spacing: "none", retryBaseMs: 0, ...options });
}

/** No test of the file reaches the network, and every answer it prepared was asked for. */
export function useNock(): void {
  beforeEach(() => {
    nock.disableNetConnect();
  });
  afterEach(() => {
    const pending = nock.pendingMocks();
    nock.cleanAll();
    nock.enableNetConnect();
    expect(pending).toEqual([]);
  });
}

/** A pull request as REST sends it, with the fields that are read. */
export function apiPull(over: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    number: 7,
    title: "Add discounts",
    body: "Why: sales.",
    state: "open",
    merged: false,
    draft: false,
    locked: false,
    changed_files: 2,
    head: { sha: HEAD, ref: "feature", repo: { id: 1 } },
    base: { sha: BASE, ref: "main", repo: { id: 1, default_branch: "main" } },
    ...over,
  };
}
