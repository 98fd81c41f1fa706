-- +goose Up
CREATE TABLE users (
  id                INTEGER PRIMARY KEY AUTOINCREMENT,
  name              TEXT NOT NULL,
  handle            TEXT NOT NULL UNIQUE,                -- what stands after the @
  email             TEXT NOT NULL UNIQUE COLLATE NOCASE,
  role              TEXT NOT NULL CHECK (role IN ('admin', 'editor', 'reviewer')),
  disabled          BOOLEAN NOT NULL DEFAULT FALSE,
  time_zone         TEXT NOT NULL DEFAULT '',
  password_hash     TEXT NOT NULL,
  active_project_id INTEGER REFERENCES projects (id) ON DELETE SET NULL,
  revision          INTEGER NOT NULL DEFAULT 1,
  created_at        DATETIME NOT NULL
);
CREATE INDEX users_by_active_project ON users (active_project_id);
CREATE INDEX users_by_name ON users (name, id);

CREATE TABLE sessions (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  token_hash   BLOB NOT NULL UNIQUE, -- SHA-256 of the cookie's value, which is kept nowhere
  user_id      INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  user_agent   TEXT NOT NULL,
  address      TEXT NOT NULL,
  created_at   DATETIME NOT NULL,
  last_seen_at DATETIME NOT NULL,
  expires_at   DATETIME NOT NULL     -- absolute; idle time is counted from last_seen_at
);
CREATE INDEX sessions_by_user ON sessions (user_id, id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE settings (
  only_row           INTEGER PRIMARY KEY CHECK (only_row = 1),
  websockets_enabled BOOLEAN NOT NULL DEFAULT TRUE,
  websockets_pinned  BOOLEAN,          -- what the configuration fixed at the last start, NULL for nothing; it counts before the column above
  realtime_fallback  TEXT NOT NULL DEFAULT 'manual',
  revision           INTEGER NOT NULL DEFAULT 1,
  changed_at         DATETIME,
  changed_by         INTEGER REFERENCES users (id)
);
INSERT INTO settings (only_row) VALUES (1);
