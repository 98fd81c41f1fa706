-- +goose Up
CREATE TABLE comments (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id  INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  item_id     INTEGER REFERENCES project_items (id) ON DELETE SET NULL,
  parent_id   INTEGER REFERENCES comments (id) ON DELETE CASCADE,
  field       TEXT NOT NULL,
  quote       TEXT NOT NULL,
  body        TEXT NOT NULL,
  html        TEXT NOT NULL,                 -- rendered and sanitised when saved
  author_id   INTEGER NOT NULL REFERENCES users (id),
  blocking    BOOLEAN NOT NULL DEFAULT FALSE,
  client_key  TEXT,
  client_body BLOB,
  edited_at   DATETIME,
  resolved_at DATETIME,
  resolved_by INTEGER REFERENCES users (id),
  deleted     BOOLEAN NOT NULL DEFAULT FALSE,
  revision    INTEGER NOT NULL DEFAULT 1,
  created_at  DATETIME NOT NULL,
  UNIQUE (author_id, client_key)
);
CREATE INDEX comments_by_project ON comments (project_id, id);
CREATE INDEX comments_by_item ON comments (item_id, id);
CREATE INDEX comments_by_parent ON comments (parent_id, author_id, deleted); -- who wrote in a thread

-- What a comment said before it was edited.
CREATE TABLE comment_edits (
  comment_id INTEGER NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
  revision   INTEGER NOT NULL,
  body       TEXT NOT NULL,
  edited_at  DATETIME NOT NULL,
  PRIMARY KEY (comment_id, revision)
);

CREATE TABLE notifications (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  kind       TEXT NOT NULL,
  project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  item_id    INTEGER REFERENCES project_items (id) ON DELETE SET NULL,
  comment_id INTEGER REFERENCES comments (id) ON DELETE CASCADE,
  actor_id   INTEGER REFERENCES users (id),
  text       TEXT NOT NULL,
  reason     TEXT NOT NULL,
  count      INTEGER NOT NULL DEFAULT 1,
  read_at    DATETIME,
  created_at DATETIME NOT NULL
);
CREATE INDEX notifications_by_user ON notifications (user_id, id);
CREATE INDEX notifications_unread ON notifications (user_id, id) WHERE read_at IS NULL;
CREATE INDEX notifications_by_comment ON notifications (comment_id);
CREATE INDEX notifications_by_item ON notifications (item_id);
CREATE INDEX notifications_by_project ON notifications (project_id);
