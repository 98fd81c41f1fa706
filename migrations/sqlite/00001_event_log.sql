-- +goose Up
-- The one event log. AUTOINCREMENT: an id that was pruned is never given again, so a position means one thing for ever.
CREATE TABLE events (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  topic       TEXT NOT NULL,
  type        TEXT NOT NULL,
  subject     TEXT NOT NULL,
  actor       TEXT NOT NULL DEFAULT 'null', -- the person as JSON, as it is sent
  recheck     INTEGER NOT NULL DEFAULT 0,   -- 0 nobody's rights changed, -1 anybody's may have, else the user's id
  data        TEXT NOT NULL,                -- the resource as JSON, as it is sent
  created_at  DATETIME NOT NULL
);
CREATE INDEX events_by_topic ON events (topic, id);

CREATE TABLE event_log (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  epoch    TEXT NOT NULL,              -- names one incarnation of the log; a restore makes a new one
  floor    INTEGER NOT NULL DEFAULT 0  -- everything up to this id has been pruned
);
INSERT INTO event_log (only_row, epoch) VALUES (1, lower(hex(randomblob(5))));
