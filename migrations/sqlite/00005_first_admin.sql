-- +goose Up
-- Whether there is an admin yet is asked by everybody who is not signed in.
CREATE INDEX users_admins ON users (role) WHERE role = 'admin';
