-- A job comes in without a place in line; whoever places the next ones gives it its turn and hands it to pg-boss.
ALTER TABLE parallel_review.job ALTER COLUMN queue_id DROP NOT NULL;
ALTER TABLE parallel_review.job ALTER COLUMN turn DROP NOT NULL;
CREATE INDEX job_unplaced ON parallel_review.job (id) WHERE queue_id IS NULL AND status = 'queued';

-- The headers of runs: what was begun in one job may be gone on with in another.
CREATE INDEX entry_run ON parallel_review.entry (job) WHERE kind = 'run';

-- What comes back by the clock and is done by one process for all: who is at it, when the last try began, and the last that was done.
CREATE TABLE parallel_review.round (
  name text PRIMARY KEY,
  holder uuid,
  held_until_ms bigint NOT NULL,
  tried_ms bigint,
  last_ms bigint
);
