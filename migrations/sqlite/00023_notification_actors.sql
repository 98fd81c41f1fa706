-- +goose Up
-- Who is behind an entry that speaks of more than one thing: ids as JSON, the latest first.
ALTER TABLE notifications ADD COLUMN actors TEXT NOT NULL DEFAULT '[]';

DROP INDEX notifications_by_project;
CREATE INDEX notifications_by_project ON notifications (project_id, user_id, id);
CREATE INDEX notifications_by_kind ON notifications (user_id, kind, id);
