CREATE TABLE cart_items (
  customer_id uuid NOT NULL REFERENCES customers (id),
  product_id  uuid NOT NULL REFERENCES products (id),
  quantity    integer NOT NULL CHECK (quantity > 0),
  PRIMARY KEY (customer_id, product_id)
);

CREATE TABLE invoices (
  id         uuid PRIMARY KEY,
  order_id   uuid NOT NULL UNIQUE REFERENCES orders (id),
  number     text NOT NULL UNIQUE,
  due_on     date NOT NULL,
  paid_at    timestamptz
);

CREATE TABLE shipments (
  id          uuid PRIMARY KEY,
  order_id    uuid NOT NULL REFERENCES orders (id),
  carrier     text NOT NULL,
  tracking_id text NOT NULL,
  status      text NOT NULL DEFAULT 'announced'
);

CREATE TABLE stock (
  product_id uuid PRIMARY KEY REFERENCES products (id),
  available  integer NOT NULL CHECK (available >= 0),
  reserved   integer NOT NULL DEFAULT 0
);
