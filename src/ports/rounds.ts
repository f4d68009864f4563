/** Something that this process does for all of them, until it is disposed of. */
type Round = AsyncDisposable & {
  /** When the last round of that name began that was done, in milliseconds since the epoch; absent when none was. */
  readonly lastMs?: number;
  /** Aborted when another process may have begun the round anew, because this one was not heard of for a while. */
  readonly lost: AbortSignal;
  /** It is done; a round that is disposed of without that counts as failed, and is due again when its time has come. */
  done(): Promise<void>;
};

/** What comes back by the clock and is done by one process, however many there are. */
export interface Rounds {
  /** Begins a round, unless another process is at it or one ended whose beginning was less than `everyMs` ago. */
  begin(name: string, everyMs: number): Promise<Round | undefined>;
}
