-- +goose Up
-- What was said of an item stays with it when it is taken out of the project, and is there again when it comes back.
CREATE TABLE former_items (
  project_id INTEGER NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
  content_id INTEGER NOT NULL REFERENCES content_items (id) ON DELETE CASCADE,
  language   TEXT NOT NULL,
  item_id    INTEGER NOT NULL,
  revision   INTEGER NOT NULL, -- its last one
  PRIMARY KEY (project_id, content_id, language)
);
CREATE INDEX former_items_by_content ON former_items (content_id);

DROP INDEX comments_by_item;
ALTER TABLE comments ADD COLUMN about_item_id INTEGER; -- no key to project_items: the item may be a former one
UPDATE comments SET about_item_id = item_id;
ALTER TABLE comments DROP COLUMN item_id;
ALTER TABLE comments RENAME COLUMN about_item_id TO item_id;
CREATE INDEX comments_by_item ON comments (item_id, id) WHERE item_id IS NOT NULL;

DROP INDEX notifications_by_item;
ALTER TABLE notifications ADD COLUMN about_item_id INTEGER;
UPDATE notifications SET about_item_id = item_id;
ALTER TABLE notifications DROP COLUMN item_id;
ALTER TABLE notifications RENAME COLUMN about_item_id TO item_id;
