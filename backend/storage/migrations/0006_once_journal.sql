-- What the collectors remember of the calls they have seen, so that each call is counted once also over several collectors
-- and restarts: every transaction that decides about calls adds what it learned, in the transaction of the rows.

CREATE TABLE public.once_journal (
  -- In the order of commits: deciding transactions hold one advisory lock until they end.
  entry bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- How much a memory that takes it over grows.
  sightings integer NOT NULL,
  links integer NOT NULL,
  content text NOT NULL
);
