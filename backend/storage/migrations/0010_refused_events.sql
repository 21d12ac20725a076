-- What was acknowledged while the database was away and could not be stored when it was back: kept, with the reason, until
-- somebody stores it after all (a longer retention, a corrected price) or discards it. Never more than 10,000 rows: then
-- the spool waits (backend/pipeline/refused.ts).

CREATE TABLE public.refused_events (
  -- From the content: a report that is delivered again is the same row.
  refused_id uuid PRIMARY KEY,
  refused_at timestamptz NOT NULL DEFAULT now(),
  tries integer NOT NULL DEFAULT 1,
  reason text NOT NULL,
  -- What is known of the call, for people; all of it may be missing.
  event_id uuid,
  time timestamptz,
  tenant text,
  project text,
  provider text,
  model text,
  source text,
  -- The whole report as the spool held it: a structured clone.
  report bytea NOT NULL
);

GRANT SELECT (refused_id, refused_at, tries, reason, event_id, time, tenant, project, provider, model, source)
ON public.refused_events TO llmcost_reader;
