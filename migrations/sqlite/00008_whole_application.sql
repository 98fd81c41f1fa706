-- +goose NO TRANSACTION
-- +goose Up
-- Tables whose constraints change are made anew. References stay as they are, so they are not followed meanwhile; that can
-- only be said outside of a transaction, and the one here begins by itself.
PRAGMA foreign_keys = OFF;
BEGIN IMMEDIATE;

ALTER TABLE users ADD COLUMN created_by INTEGER REFERENCES users (id); -- NULL for the command line and the first admin
ALTER TABLE users ADD COLUMN client_key TEXT;
ALTER TABLE users ADD COLUMN client_body BLOB;
ALTER TABLE users ADD COLUMN last_seen_at DATETIME;                    -- to the minute; outlives the sessions
CREATE UNIQUE INDEX users_by_request ON users (created_by, client_key);
CREATE INDEX users_by_role ON users (role, id);

-- An owner may pass a project on: the key of the request stays with who sent it.
CREATE TABLE projects_anew (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  name        TEXT NOT NULL,
  description TEXT NOT NULL,
  due_on      TEXT,                          -- a day, YYYY-MM-DD: no hour, no zone
  state       TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'scheduled', 'publishing', 'published', 'publish_failed', 'archived')),
  visibility  TEXT NOT NULL DEFAULT 'everyone' CHECK (visibility IN ('everyone', 'members')),
  archived_from TEXT NOT NULL DEFAULT '',    -- the state that it had when it was archived
  owner_id    INTEGER NOT NULL REFERENCES users (id), -- always a member with the role owner; it passes on when that ends
  created_by  INTEGER REFERENCES users (id),
  client_key  TEXT,
  client_body BLOB,                          -- hash of the first request's body: a repeat with another one is refused
  revision    INTEGER NOT NULL DEFAULT 1,
  created_at  DATETIME NOT NULL,
  updated_at  DATETIME NOT NULL,
  UNIQUE (created_by, client_key)
);
INSERT INTO projects_anew (id, name, description, due_on, state, visibility, owner_id, created_by, client_key, client_body, revision, created_at, updated_at)
  SELECT id, name, description, due_on, state, visibility, owner_id, owner_id, client_key, client_body, revision, created_at, updated_at FROM projects;
DELETE FROM sqlite_sequence WHERE name = 'projects_anew';
UPDATE sqlite_sequence SET name = 'projects_anew' WHERE name = 'projects';
DROP TABLE projects;
ALTER TABLE projects_anew RENAME TO projects;
CREATE INDEX projects_by_state ON projects (state, id);
INSERT INTO members (project_id, user_id, role) SELECT id, owner_id, 'owner' FROM projects WHERE TRUE ON CONFLICT DO UPDATE SET role = 'owner';

ALTER TABLE content_items ADD COLUMN position INTEGER NOT NULL DEFAULT 0;      -- among its siblings, with gaps, so that one move changes one row
ALTER TABLE content_items ADD COLUMN tree_revision INTEGER NOT NULL DEFAULT 1; -- counts changes of where it stands, the trash included
ALTER TABLE content_items ADD COLUMN trashed_at DATETIME;
ALTER TABLE content_items ADD COLUMN trashed_by INTEGER REFERENCES users (id);
UPDATE content_items SET position = place.n * 1073741824
  FROM (SELECT id, row_number() OVER (PARTITION BY parent_id ORDER BY id) AS n FROM content_items) AS place WHERE place.id = content_items.id;
DROP INDEX content_items_by_parent;
CREATE INDEX content_items_in_order ON content_items (parent_id, position, id, trashed_at) WHERE trashed_at IS NULL; -- trashed_at: to count from the index alone
CREATE INDEX content_items_in_trash ON content_items (id) WHERE trashed_at IS NOT NULL;

-- Which project holds a version is told here and nowhere else: at most one holds it to publish it. What is to be unpublished
-- is the version that is live, and any project may ask for that.
CREATE TABLE project_items_anew (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id  INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  content_id  INTEGER NOT NULL REFERENCES content_items (id) ON DELETE CASCADE,
  language    TEXT NOT NULL,
  version_id  INTEGER NOT NULL REFERENCES versions (id),
  action      TEXT NOT NULL DEFAULT 'publish' CHECK (action IN ('publish', 'unpublish')),
  position    INTEGER NOT NULL,              -- with gaps, too
  assignee_id INTEGER REFERENCES users (id),
  revision    INTEGER NOT NULL DEFAULT 1,
  added_by    INTEGER NOT NULL REFERENCES users (id),
  created_at  DATETIME NOT NULL,
  UNIQUE (project_id, content_id, language)
);
INSERT INTO project_items_anew (id, project_id, content_id, language, version_id, action, position, assignee_id, revision, added_by, created_at)
  SELECT id, project_id, content_id, language, version_id, action, position * 1073741824, assignee_id, revision, added_by, created_at FROM project_items;
-- Numbers of those that have gone must not come again: comments may speak of them.
DELETE FROM sqlite_sequence WHERE name = 'project_items_anew';
UPDATE sqlite_sequence SET name = 'project_items_anew' WHERE name = 'project_items';
DROP TABLE project_items;
ALTER TABLE project_items_anew RENAME TO project_items;
CREATE UNIQUE INDEX project_items_holding ON project_items (version_id) WHERE action = 'publish';
CREATE INDEX project_items_by_version ON project_items (version_id);
CREATE INDEX project_items_in_order ON project_items (project_id, position, id);
CREATE INDEX project_items_by_content ON project_items (content_id, language);
CREATE INDEX publish_run_items_by_item ON publish_run_items (item_id, version_id);

DROP INDEX notifications_by_project;
ALTER TABLE notifications ADD COLUMN of_project_id INTEGER REFERENCES projects (id) ON DELETE SET NULL; -- NULL: there was one, and what is left is a stub
UPDATE notifications SET of_project_id = project_id;
ALTER TABLE notifications DROP COLUMN project_id;
ALTER TABLE notifications RENAME COLUMN of_project_id TO project_id;
CREATE INDEX notifications_by_project ON notifications (project_id);
CREATE INDEX notifications_by_item ON notifications (item_id) WHERE item_id IS NOT NULL; -- an item that moves takes along what was told of it
DROP INDEX notifications_by_comment;
ALTER TABLE notifications ADD COLUMN of_comment_id INTEGER REFERENCES comments (id) ON DELETE SET NULL;
UPDATE notifications SET of_comment_id = comment_id;
ALTER TABLE notifications DROP COLUMN comment_id;
ALTER TABLE notifications RENAME COLUMN of_comment_id TO comment_id;
CREATE INDEX notifications_by_comment ON notifications (comment_id) WHERE comment_id IS NOT NULL;

COMMIT;
PRAGMA foreign_keys = ON;
