-- +goose Up
-- Which content items a version refers to, once for each field: the ids in its fields once more, to be found from the other end.
CREATE TABLE content_references (
  version_id INTEGER NOT NULL REFERENCES versions (id) ON DELETE CASCADE,
  field      TEXT NOT NULL,
  target_id  INTEGER NOT NULL REFERENCES content_items (id) ON DELETE CASCADE,
  PRIMARY KEY (version_id, field, target_id)
) WITHOUT ROWID;
CREATE INDEX content_references_by_target ON content_references (target_id, version_id);
