CREATE TABLE loyalty_members (
  customer_id uuid PRIMARY KEY REFERENCES customers (id),
  tier        text NOT NULL DEFAULT 'bronze',
  note        text,
  joined_at   timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE loyalty_rules (
  tier    text PRIMARY KEY,
  formula text NOT NULL
);

-- Points are never updated in place: the balance is the sum of the ledger.
CREATE TABLE loyalty_ledger (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  customer_id uuid NOT NULL REFERENCES loyalty_members (customer_id),
  order_id    uuid REFERENCES orders (id),
  points      integer NOT NULL,
  reason      text NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now(),
  UNIQUE (order_id, reason)
);

CREATE INDEX loyalty_ledger_by_customer ON loyalty_ledger (customer_id, created_at DESC);

CREATE UNIQUE INDEX loyalty_profile_once ON loyalty_ledger (customer_id) WHERE reason = 'profile completed';

INSERT INTO loyalty_rules (tier, formula) VALUES
  ('bronze', 'Math.floor(total / 100)'),
  ('silver', 'Math.floor(total / 100 * 1.25)'),
  ('gold',   'Math.floor(total / 100 * 1.5)');
