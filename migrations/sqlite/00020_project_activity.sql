-- +goose Up
-- What was done in a project, written by the acts themselves. Words are those of then.
CREATE TABLE project_activity (
  id         INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  act        TEXT NOT NULL,
  actor_id   INTEGER REFERENCES users (id),
  item_id    INTEGER,                        -- the project item then; it may have gone since
  version_id INTEGER,                        -- its version then: who may not see that may not read the title
  title      TEXT NOT NULL,                  -- of the item, or the person's name
  detail     TEXT NOT NULL,
  created_at DATETIME NOT NULL
);
CREATE INDEX project_activity_by_project ON project_activity (project_id, id);
CREATE INDEX project_activity_by_version ON project_activity (version_id, id);

-- Who changed an item last, for "since you last looked".
ALTER TABLE project_items ADD COLUMN changed_at DATETIME;
ALTER TABLE project_items ADD COLUMN changed_by INTEGER REFERENCES users (id);
