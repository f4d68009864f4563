/** The time, in milliseconds since the epoch. Passed in, so that tests and replays decide it. */
export interface Clock {
  now(): number;
}
