-- What the requests in the transcript have cost: less than the run has, when its transcript was begun anew.
ALTER TABLE parallel_review.job ADD COLUMN kept_usd double precision NOT NULL DEFAULT 0;
UPDATE parallel_review.job SET kept_usd = cost_usd;

-- What the processes of a shared run have set aside for calls that are under way.
CREATE TABLE parallel_review.held_money (
  run bigint NOT NULL REFERENCES parallel_review.job ON DELETE CASCADE,
  holder bigint NOT NULL,
  lease integer NOT NULL,
  number integer NOT NULL,
  usd double precision NOT NULL,
  touched_ms bigint NOT NULL,
  PRIMARY KEY (run, holder, lease, number)
);
