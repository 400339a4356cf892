-- The schema of a batch, version 1. Each function is one request of a worker and one transaction, so that a worker which is
-- stopped in the middle holds no lock.
--
-- Locks are taken in this order: the worker's own row, the limits, its items. What a worker has is given to others only by who
-- holds the worker's row.

CREATE SCHEMA legit_health_batch;
SET LOCAL search_path TO legit_health_batch;

CREATE TABLE setting (name text PRIMARY KEY, value text NOT NULL);
CREATE TABLE root (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, path text NOT NULL);
CREATE TABLE call (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, document text NOT NULL);
CREATE TABLE device (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, version text NOT NULL UNIQUE);

-- The limits of all workers that run at the same time.
CREATE TABLE shared (
  id integer PRIMARY KEY CHECK (id = 1),
  max_in_flight bigint NOT NULL,
  max_calls bigint,
  -- Sent since the first of these workers began.
  calls bigint NOT NULL
);
INSERT INTO shared VALUES (1, 0, NULL, 0);

-- A number is given once: a worker that lost its lease gets another one, and cannot change what it had under the first.
CREATE TABLE worker (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  lease interval NOT NULL,
  lease_until timestamptz NOT NULL
);

CREATE TABLE item (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key bytea NOT NULL UNIQUE,
  source bytea NOT NULL,
  -- 0 left, 1 being sent, 2 recorded, 3 refused, 4 failed.
  state integer NOT NULL,
  call bigint NOT NULL REFERENCES call,
  root bigint REFERENCES root,
  -- A text of PostgreSQL cannot hold every text of UTF-8.
  reference bytea,
  images text NOT NULL,
  bytes bigint NOT NULL,
  sends integer NOT NULL DEFAULT 0,
  runs integer NOT NULL DEFAULT 0,
  -- Who has it, while it waits or is being sent.
  worker bigint
);
CREATE INDEX item_open ON item (state, runs, id) WHERE state <= 1;
CREATE INDEX item_of_worker ON item (worker) WHERE worker IS NOT NULL;
CREATE INDEX item_by_source ON item (source);

CREATE TABLE duplicate (
  source bytea PRIMARY KEY,
  item bigint NOT NULL REFERENCES item ON DELETE CASCADE,
  reference bytea,
  images text NOT NULL
);
CREATE INDEX duplicate_by_item ON duplicate (item);
CREATE TABLE result (
  item bigint PRIMARY KEY REFERENCES item,
  device bigint NOT NULL REFERENCES device,
  request text NOT NULL,
  document text NOT NULL,
  media_left_out integer NOT NULL,
  cells text NOT NULL
);
CREATE TABLE error (
  item bigint PRIMARY KEY REFERENCES item ON DELETE CASCADE,
  kind text NOT NULL,
  document text NOT NULL
);

-- Plans a case. Returns what became of it: 0 new, 1 in place of another, 2 duplicate, 3 known.
CREATE FUNCTION plan(
  its_key bytea, its_source bytea, its_state integer, its_call bigint, its_root bigint, its_reference bytea,
  its_images text, its_bytes bigint, its_kind text, its_error text
) RETURNS integer LANGUAGE plpgsql AS $$
DECLARE
  same item%ROWTYPE;
  replaced bigint;
  made bigint;
BEGIN
  SELECT * INTO same FROM item WHERE key = its_key;
  IF FOUND THEN
    IF same.source = its_source THEN
      RETURN 3;
    END IF;
    INSERT INTO duplicate VALUES (its_source, same.id, its_reference, its_images) ON CONFLICT DO NOTHING;
    RETURN CASE WHEN FOUND THEN 2 ELSE 3 END;
  END IF;
  -- A result stays, whatever has become of its file, and so does what a worker has.
  DELETE FROM item WHERE source = its_source AND state IN (0, 3, 4) AND worker IS NULL
    AND NOT EXISTS (SELECT 1 FROM duplicate WHERE duplicate.item = item.id);
  GET DIAGNOSTICS replaced = ROW_COUNT;
  INSERT INTO item (key, source, state, call, root, reference, images, bytes)
    VALUES (its_key, its_source, its_state, its_call, its_root, its_reference, its_images, its_bytes)
    RETURNING id INTO made;
  IF its_kind IS NOT NULL THEN
    INSERT INTO error VALUES (made, its_kind, its_error);
  END IF;
  RETURN least(replaced, 1);
END $$;

-- Renews the lease of a worker, and holds its row. Who has lost its lease gets an error.
CREATE FUNCTION renew(me bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE worker SET lease_until = clock_timestamp() + lease WHERE id = me;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the lease of the worker has ended' USING ERRCODE = 'LH001';
  END IF;
END $$;

-- Gives what workers have to others, and ends them. Returns how many items were being sent: the device may have worked on them.
CREATE FUNCTION leave(whose bigint[]) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  were_sent bigint;
BEGIN
  PERFORM 1 FROM worker WHERE id = ANY (whose) FOR UPDATE;
  SELECT count(*) INTO were_sent FROM item WHERE worker = ANY (whose) AND state = 1;
  UPDATE item SET state = 0, runs = runs + state, worker = NULL WHERE worker = ANY (whose) AND state <= 1;
  DELETE FROM worker WHERE id = ANY (whose);
  RETURN were_sent;
END $$;

-- Ends the workers whose lease has ended, but for one that is just asking for something.
CREATE FUNCTION leave_late() RETURNS bigint LANGUAGE plpgsql AS $$
BEGIN
  RETURN leave(ARRAY(SELECT id FROM worker WHERE lease_until < clock_timestamp() FOR UPDATE SKIP LOCKED));
END $$;

-- Adds a worker. The first one sets the limits, and those that join it have to give the same. `is_new` is false for a worker that
-- has lost its lease and goes on: it begins no new count of calls.
CREATE FUNCTION enter(
  is_new boolean, lease interval, most_in_flight bigint, most_calls bigint, OUT me bigint, OUT recovered bigint
) LANGUAGE plpgsql AS $$
DECLARE
  limits shared%ROWTYPE;
BEGIN
  SELECT * INTO limits FROM shared FOR UPDATE;
  recovered := leave_late();
  IF is_new AND NOT EXISTS (SELECT 1 FROM worker) THEN
    UPDATE shared SET max_in_flight = most_in_flight, max_calls = most_calls, calls = 0;
  ELSIF limits.max_in_flight <> most_in_flight OR limits.max_calls IS DISTINCT FROM most_calls THEN
    RAISE EXCEPTION 'other workers run with at most % calls in flight and %', limits.max_in_flight,
      coalesce('at most ' || limits.max_calls || ' calls', 'no limit of calls') USING ERRCODE = 'LH002';
  END IF;
  INSERT INTO worker (lease, lease_until) VALUES (enter.lease, clock_timestamp() + enter.lease) RETURNING id INTO me;
END $$;

-- Gives a worker items that nobody has, and those that it has already, in their order.
CREATE FUNCTION claim(me bigint, after_runs integer, after_id bigint, most bigint)
RETURNS TABLE (id bigint, call bigint, root bigint, images text, bytes bigint, runs integer) LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
  PERFORM renew(me);
  PERFORM leave_late();
  RETURN QUERY
    WITH next AS (
      SELECT item.id FROM item
      WHERE state = 0 AND (worker IS NULL OR worker = me) AND (item.runs, item.id) > (after_runs, after_id)
      ORDER BY item.runs, item.id LIMIT most FOR NO KEY UPDATE SKIP LOCKED
    ), claimed AS (
      UPDATE item SET worker = me FROM next WHERE item.id = next.id
      RETURNING item.id, item.call, item.root, item.images, item.bytes, item.runs
    )
    SELECT * FROM claimed ORDER BY claimed.runs, claimed.id;
END $$;

-- Lets a worker send items, as far as the limits allow. Returns for each: 0 yes, 1 no place is free, 2 the budget is spent, 3 it is
-- not the worker's.
CREATE FUNCTION send(me bigint, ids bigint[]) RETURNS integer[] LANGUAGE plpgsql AS $$
DECLARE
  places bigint;
  budget bigint;
  sent bigint := 0;
  one bigint;
  its_state integer;
  answers integer[] := '{}';
BEGIN
  PERFORM renew(me);
  -- Who was killed has places, too.
  PERFORM leave_late();
  SELECT max_in_flight, max_calls - calls INTO places, budget FROM shared FOR UPDATE;
  -- Counted after the row is held, so that no other worker can begin a call meanwhile.
  SELECT places - count(*) INTO places FROM item WHERE state = 1;
  FOREACH one IN ARRAY ids LOOP
    SELECT state INTO its_state FROM item WHERE id = one AND worker = me AND state <= 1;
    IF NOT FOUND THEN
      answers := answers || 3;
    ELSIF its_state = 1 THEN
      -- It asks again, since the connection was lost before the answer.
      answers := answers || 0;
    ELSIF sent >= budget THEN
      answers := answers || 2;
    ELSIF sent >= places THEN
      answers := answers || 1;
    ELSE
      UPDATE item SET state = 1, sends = sends + 1 WHERE id = one;
      sent := sent + 1;
      answers := answers || 0;
    END IF;
  END LOOP;
  UPDATE shared SET calls = calls + sent WHERE sent > 0;
  RETURN answers;
END $$;

-- Stores how calls have ended. Returns the items that were the worker's; whatever it says of others is not stored.
CREATE FUNCTION finish(
  me bigint, ids bigint[], states integer[], more_runs integer[], were_sent boolean[],
  recorded bigint[], devices bigint[], requests text[], documents text[], media integer[], cells text[],
  failed bigint[], kinds text[], errors text[]
) RETURNS bigint[] LANGUAGE plpgsql AS $$
DECLARE
  not_sent bigint;
  mine bigint[];
BEGIN
  PERFORM renew(me);
  SELECT count(*) INTO not_sent FROM unnest(ids, were_sent) AS given (id, was_sent) JOIN item USING (id)
    WHERE worker = me AND state = 1 AND NOT was_sent;
  WITH ended AS (
    UPDATE item SET state = given.state, runs = item.runs + given.runs, worker = NULL
    FROM unnest(ids, states, more_runs) AS given (id, state, runs)
    WHERE item.id = given.id AND item.worker = me RETURNING item.id
  )
  SELECT coalesce(array_agg(id), '{}') INTO mine FROM ended;
  INSERT INTO result
    SELECT * FROM unnest(recorded, devices, requests, documents, media, cells) AS given (item)
    WHERE given.item = ANY (mine) ON CONFLICT DO NOTHING;
  INSERT INTO error
    SELECT * FROM unnest(failed, kinds, errors) AS given (item)
    WHERE given.item = ANY (mine)
    ON CONFLICT (item) DO UPDATE SET kind = excluded.kind, document = excluded.document;
  UPDATE shared SET calls = calls - not_sent WHERE not_sent > 0;
  RETURN mine;
END $$;
