-- +goose Up
-- What somebody follows, has muted, and when they looked at it last.
CREATE TABLE project_watches (
  project_id     INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  user_id        INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  following      BOOLEAN,                    -- NULL: never decided; FALSE: not wanted, and nothing they do makes them follow again
  because        TEXT NOT NULL DEFAULT '',   -- made, wrote or chose
  muted          BOOLEAN NOT NULL DEFAULT FALSE,
  looked_at      DATETIME,
  looked_comment INTEGER NOT NULL DEFAULT 0, -- the newest comment then
  PRIMARY KEY (project_id, user_id)
);
CREATE INDEX project_watches_by_user ON project_watches (user_id, project_id);

CREATE TABLE item_watches (
  item_id        INTEGER NOT NULL REFERENCES project_items (id) ON DELETE CASCADE,
  user_id        INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  following      BOOLEAN,
  because        TEXT NOT NULL DEFAULT '',
  muted          BOOLEAN NOT NULL DEFAULT FALSE,
  looked_at      DATETIME,
  looked_comment INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (item_id, user_id)
);
CREATE INDEX item_watches_by_user ON item_watches (user_id, item_id);

-- What a comment still blocks is looked for in the list of all projects.
CREATE INDEX comments_blocking ON comments (project_id) WHERE blocking AND resolved_at IS NULL AND NOT deleted;

CREATE INDEX project_items_by_change ON project_items (project_id, changed_at);
