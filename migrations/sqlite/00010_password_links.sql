-- +goose Up
-- One-time links to set a password with: an invitation, or a reset that an admin made. A person has one at most.
CREATE TABLE password_links (
  user_id    INTEGER PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
  token_hash BLOB NOT NULL UNIQUE,           -- SHA-256 of what stands in the link, which is kept nowhere
  made_by    INTEGER REFERENCES users (id),
  expires_at DATETIME NOT NULL,
  created_at DATETIME NOT NULL
);
