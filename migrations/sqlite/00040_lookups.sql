-- +goose Up
-- What is looked for by other ends than the tables' own.
CREATE INDEX projects_by_owner ON projects (owner_id, state);
CREATE INDEX password_links_by_expiry ON password_links (expires_at);
CREATE INDEX content_items_by_parent ON content_items (parent_id); -- the trash included: who goes for good, and what is forgotten, takes all along
CREATE INDEX publish_run_items_by_content ON publish_run_items (content_id);
