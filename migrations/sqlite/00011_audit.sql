-- +goose Up
-- What admins may want to look up later. Rows are never changed, and go after 400 days.
CREATE TABLE audit_entries (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  kind       TEXT NOT NULL,
  actor_id   INTEGER REFERENCES users (id), -- NULL for the command line, and where nobody is known to have done it
  subject    TEXT NOT NULL,                 -- as in events, such as users/3
  detail     TEXT NOT NULL,                 -- JSON: the name then, and what was before and after
  address    TEXT NOT NULL,
  created_at DATETIME NOT NULL
);
CREATE INDEX audit_entries_by_kind ON audit_entries (kind, id);
CREATE INDEX audit_entries_by_actor ON audit_entries (actor_id, id);
