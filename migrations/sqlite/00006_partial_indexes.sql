-- +goose Up
-- Most comments are on the project itself and most notifications name no item: they need no entry here.
DROP INDEX comments_by_item;
CREATE INDEX comments_by_item ON comments (item_id, id) WHERE item_id IS NOT NULL;
DROP INDEX comments_by_parent;
CREATE INDEX comments_by_parent ON comments (parent_id, author_id, deleted) WHERE parent_id IS NOT NULL; -- who wrote in a thread
DROP INDEX notifications_by_item;
CREATE INDEX notifications_by_item ON notifications (item_id) WHERE item_id IS NOT NULL;
DROP INDEX notifications_by_comment;
CREATE INDEX notifications_by_comment ON notifications (comment_id) WHERE comment_id IS NOT NULL;
