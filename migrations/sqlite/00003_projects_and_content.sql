-- +goose Up
CREATE TABLE projects (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  name        TEXT NOT NULL,
  description TEXT NOT NULL,
  due_on      TEXT,                          -- a day, YYYY-MM-DD: no hour, no zone
  state       TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'scheduled', 'publishing', 'published', 'publish_failed', 'archived')),
  visibility  TEXT NOT NULL DEFAULT 'everyone' CHECK (visibility IN ('everyone', 'members')),
  owner_id    INTEGER NOT NULL REFERENCES users (id),
  client_key  TEXT,
  client_body BLOB,                          -- hash of the first request's body: a repeat with another one is refused
  revision    INTEGER NOT NULL DEFAULT 1,
  created_at  DATETIME NOT NULL,
  updated_at  DATETIME NOT NULL,
  UNIQUE (owner_id, client_key)
);
CREATE INDEX projects_by_state ON projects (state, id);

CREATE TABLE members (
  project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  user_id    INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  role       TEXT NOT NULL CHECK (role IN ('owner', 'editor', 'reviewer')),
  PRIMARY KEY (project_id, user_id)
);
CREATE INDEX members_by_user ON members (user_id, project_id);

CREATE TABLE content_items (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  type        TEXT NOT NULL,
  parent_id   INTEGER REFERENCES content_items (id),
  created_by  INTEGER NOT NULL REFERENCES users (id),
  client_key  TEXT,
  client_body BLOB,
  created_at  DATETIME NOT NULL,
  UNIQUE (created_by, client_key)
);
CREATE INDEX content_items_by_parent ON content_items (parent_id, id);

CREATE TABLE versions (
  id           INTEGER PRIMARY KEY AUTOINCREMENT,
  content_id   INTEGER NOT NULL REFERENCES content_items (id) ON DELETE CASCADE,
  number       INTEGER NOT NULL,             -- counts within the content item, over all languages
  language     TEXT NOT NULL,
  state        TEXT NOT NULL CHECK (state IN ('draft', 'in_review', 'rejected', 'ready', 'scheduled', 'published', 'previously_published')),
  base         INTEGER,                      -- number of the version that was live when this one was begun
  slug         TEXT NOT NULL,
  title        TEXT NOT NULL,                -- the title field once more, for lists
  fields       TEXT NOT NULL,                -- JSON object
  missing      TEXT NOT NULL DEFAULT '[]',   -- names of required fields that are empty, for lists; preflight looks again
  revision     INTEGER NOT NULL DEFAULT 1,
  created_by   INTEGER NOT NULL REFERENCES users (id),
  client_key   TEXT,
  client_body  BLOB,
  saved_by     INTEGER NOT NULL REFERENCES users (id),
  saved_at     DATETIME NOT NULL,
  created_at   DATETIME NOT NULL,
  published_at DATETIME,
  UNIQUE (content_id, number),
  UNIQUE (created_by, client_key)
);
CREATE INDEX versions_by_language ON versions (content_id, language, number);

-- What the public sees now: at most one version for each item and language, one slug for each place in the tree.
CREATE TABLE live (
  content_id   INTEGER NOT NULL REFERENCES content_items (id) ON DELETE CASCADE,
  language     TEXT NOT NULL,
  version_id   INTEGER NOT NULL UNIQUE REFERENCES versions (id),
  parent_id    INTEGER NOT NULL,             -- 0 at the root: NULLs would not collide in the unique index
  slug         TEXT NOT NULL,
  published_at DATETIME NOT NULL,
  PRIMARY KEY (content_id, language)
);
CREATE UNIQUE INDEX live_by_path ON live (parent_id, language, slug);

-- Which project holds a version is told here and nowhere else.
CREATE TABLE project_items (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id  INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  content_id  INTEGER NOT NULL REFERENCES content_items (id) ON DELETE CASCADE,
  language    TEXT NOT NULL,
  version_id  INTEGER NOT NULL UNIQUE REFERENCES versions (id), -- a version is in at most one project
  action      TEXT NOT NULL DEFAULT 'publish' CHECK (action IN ('publish', 'unpublish')),
  position    INTEGER NOT NULL,
  assignee_id INTEGER REFERENCES users (id),
  revision    INTEGER NOT NULL DEFAULT 1,
  added_by    INTEGER NOT NULL REFERENCES users (id),
  created_at  DATETIME NOT NULL,
  UNIQUE (project_id, content_id, language)
);
CREATE INDEX project_items_in_order ON project_items (project_id, position, id);
CREATE INDEX project_items_by_content ON project_items (content_id, language);

CREATE TABLE publish_runs (
  id          INTEGER PRIMARY KEY AUTOINCREMENT,
  project_id  INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  mode        TEXT NOT NULL CHECK (mode IN ('ready', 'all')),
  state       TEXT NOT NULL CHECK (state IN ('published', 'failed')),
  by_id       INTEGER NOT NULL REFERENCES users (id),
  client_key  TEXT,
  client_body BLOB,
  started_at  DATETIME NOT NULL,
  finished_at DATETIME NOT NULL,
  UNIQUE (by_id, client_key)
);
CREATE INDEX publish_runs_by_project ON publish_runs (project_id, id);

CREATE TABLE publish_run_items (
  run_id              INTEGER NOT NULL REFERENCES publish_runs (id) ON DELETE CASCADE,
  item_id             INTEGER NOT NULL,      -- the project item then; it may have been removed since
  content_id          INTEGER NOT NULL REFERENCES content_items (id) ON DELETE CASCADE,
  language            TEXT NOT NULL,
  title               TEXT NOT NULL,
  version_id          INTEGER NOT NULL REFERENCES versions (id),
  previous_version_id INTEGER REFERENCES versions (id), -- what was live before, for going back
  result              TEXT NOT NULL CHECK (result IN ('published', 'unpublished', 'skipped')),
  reason              TEXT NOT NULL,
  PRIMARY KEY (run_id, item_id)
);
