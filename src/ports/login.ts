/** Repositories by their numeric id, and what a person may do there. */
export type Repositories = ReadonlyMap<number, "read" | "write">;

/** Somebody who signed in. `token` acts for them: it is never shown, logged or kept in clear. */
export type SignedIn = { readonly token: string; readonly name: string; readonly userId: number };

/** How people prove who they are, and what they may see; GitHub's web flow. */
export interface Login {
  /** Where the browser is sent to. GitHub sends it back to `redirectUrl` with a code and the same `state`. */
  address(ask: { readonly state: string; readonly codeChallenge: string; readonly redirectUrl: string }): string;
  /** Undefined when the code is not accepted. @throws {ExternalError} GitHub did not tell. */
  exchange(
    given: { readonly code: string; readonly codeVerifier: string; readonly redirectUrl: string },
    signal: AbortSignal,
  ): Promise<SignedIn | undefined>;
  /**
   * The repositories with the App that the person can read now. Undefined when the token is not accepted any more.
   * @throws {ExternalError} GitHub did not tell.
   */
  repositories(token: string, signal: AbortSignal): Promise<Repositories | undefined>;
  /** Makes the token worthless. Never throws: what fails here ends by itself after some hours. */
  forget(token: string, signal: AbortSignal): Promise<void>;
}
