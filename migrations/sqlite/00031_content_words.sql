-- +goose Up
-- The words by which content is found, folded to small letters without accents, a row for each version that is open, live, or
-- the last there was: docid is the version's id. Whoever writes a version writes here, in the same transaction.
CREATE VIRTUAL TABLE content_words USING fts4 (title, slug, order=desc, matchinfo=fts3, tokenize=simple);
