-- +goose Up
-- Whether the thread is settled, on each comment of it, so that a list of either kind needs no look at the beginnings.
ALTER TABLE comments ADD COLUMN settled BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX comments_by_state ON comments (project_id, settled, id);
CREATE INDEX comments_by_author ON comments (project_id, author_id, id);

-- Whom a comment named when it was written or edited, groups taken apart.
CREATE TABLE comment_mentions (
  user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  comment_id INTEGER NOT NULL REFERENCES comments (id) ON DELETE CASCADE,
  PRIMARY KEY (user_id, comment_id)
) WITHOUT ROWID;
CREATE INDEX comment_mentions_by_comment ON comment_mentions (comment_id);
