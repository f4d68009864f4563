-- The run that a job helps with.
ALTER TABLE parallel_review.job ADD COLUMN helps bigint REFERENCES parallel_review.job ON DELETE CASCADE;

-- Which job carries out which subtask of a run, and when it last said so.
CREATE TABLE parallel_review.held_subtask (
  run bigint NOT NULL REFERENCES parallel_review.job ON DELETE CASCADE,
  subtask text NOT NULL,
  holder bigint NOT NULL,
  lease integer NOT NULL,
  touched_ms bigint NOT NULL,
  PRIMARY KEY (run, subtask)
);

ALTER TABLE parallel_review.entry ADD COLUMN kind text;
CREATE INDEX entry_outcome ON parallel_review.entry (job) WHERE kind = 'outcome';
