-- JSON is kept as text: jsonb would change the order of keys, and answers of the model are recognised by their bytes.

CREATE TABLE parallel_review.job (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key text NOT NULL UNIQUE,
  lane text NOT NULL,
  kind text NOT NULL,
  installation bigint NOT NULL,
  repository text NOT NULL,
  repository_id bigint NOT NULL,
  pull_request integer,
  head text,
  job text NOT NULL,
  -- Where pg-boss has it.
  queue text NOT NULL,
  queue_id uuid NOT NULL,
  turn integer NOT NULL,
  status text NOT NULL DEFAULT 'queued',
  reason text,
  attempts integer NOT NULL DEFAULT 0,
  -- Names the try that may write; whoever holds an older one has lost the job.
  lease integer NOT NULL DEFAULT 0,
  stop_kind text,
  stop_text text,
  received_ms bigint NOT NULL,
  started_ms bigint,
  ended_ms bigint,
  budget_usd double precision,
  cost_usd double precision NOT NULL DEFAULT 0,
  subtasks_total integer,
  subtasks_ended integer,
  findings text,
  conclusion text,
  report text,
  version xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX job_open ON parallel_review.job (lane) WHERE status IN ('queued', 'waiting', 'running');
CREATE INDEX job_version ON parallel_review.job (version);
CREATE INDEX job_repository ON parallel_review.job (repository_id, id);
CREATE INDEX job_started ON parallel_review.job (started_ms);

CREATE TABLE parallel_review.delivery (
  delivery text PRIMARY KEY,
  received_ms bigint NOT NULL
);

CREATE TABLE parallel_review.entry (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job bigint NOT NULL REFERENCES parallel_review.job ON DELETE CASCADE,
  asker text,
  entry text NOT NULL
);
CREATE INDEX entry_job ON parallel_review.entry (job, seq);

CREATE TABLE parallel_review.step (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job bigint NOT NULL REFERENCES parallel_review.job ON DELETE CASCADE,
  step text NOT NULL
);
CREATE INDEX step_job ON parallel_review.step (job, seq);

-- Whose turn it is: the turn that was last given to each installation, and (installation 0) the turn that is being carried out.
CREATE TABLE parallel_review.turn (
  installation bigint PRIMARY KEY,
  turn integer NOT NULL
);
INSERT INTO parallel_review.turn VALUES (0, 0);
