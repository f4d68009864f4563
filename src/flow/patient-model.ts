import { ExternalError } from "../domain/errors.ts";
import type { Clock } from "../ports/clock.ts";
import type { Model } from "../ports/model.ts";

/** Times one turn is asked for. The SDK's own retries are off: inside many parallel lanes they multiply load. */
const ATTEMPTS = 4;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 60_000;

/**
 * A model that asks again, later and later, when a turn failed in a way that may pass; `random` (0..1) spreads the lanes so that they
 * do not come back as one herd. A wait the service asks for is kept when it is no longer than a minute.
 */
export function patientModel(model: Model, clock: Clock, random: () => number): Model {
  return {
    async turn(request, signal) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await model.turn(request, signal);
        } catch (error) {
          const again = error instanceof ExternalError && error.retryable && attempt < ATTEMPTS;
          if (!again || (error.retryAfterMs ?? 0) > LONGEST_WAIT_MS) throw error;
          const backOffMs = Math.min(FIRST_WAIT_MS * 2 ** (attempt - 1), LONGEST_WAIT_MS);
          await clock.sleep(Math.max(error.retryAfterMs ?? 0, backOffMs) * (1 + random() / 4), signal);
        }
      }
    },
  };
}
