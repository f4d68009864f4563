CREATE TABLE reviews (
  id          uuid PRIMARY KEY,
  product_id  uuid NOT NULL REFERENCES products (id),
  customer_id uuid NOT NULL REFERENCES customers (id),
  stars       smallint NOT NULL CHECK (stars BETWEEN 1 AND 5),
  text        text NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE coupons (
  code        text PRIMARY KEY,
  percent_off smallint NOT NULL CHECK (percent_off BETWEEN 1 AND 90),
  valid_until date NOT NULL,
  uses_left   integer NOT NULL
);
