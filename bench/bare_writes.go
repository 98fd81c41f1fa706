//go:build linux

package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"time"

	_ "github.com/mattn/go-sqlite3" // the driver that the product uses too
)

const bareWritesArg = "serve-bare-writes"

// bareSchema is what one comment writes, without keys to other tables.
const bareSchema = `
CREATE TABLE comments (id INTEGER PRIMARY KEY, project_id INTEGER, parent_id INTEGER, author_id INTEGER, body TEXT, created_at DATETIME);
CREATE INDEX comments_by_project ON comments (project_id, id);
CREATE TABLE notifications (id INTEGER PRIMARY KEY, user_id INTEGER, comment_id INTEGER, text TEXT, created_at DATETIME);
CREATE INDEX notifications_by_user ON notifications (user_id, id);
CREATE TABLE events (id INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT, type TEXT, data TEXT, created_at DATETIME);
CREATE INDEX events_by_topic ON events (topic, id);`

type bareComment struct {
	ID       int64  `json:"id"`
	Body     string `json:"body"`
	ParentID int64  `json:"parent_id"`
}

type bareWrite struct {
	comment bareComment
	done    chan error
}

// serveBareWrites takes POSTs of comments and writes each with a notification and an event, durably (FULL), everything that
// queued up behind a commit in the next one.
func serveBareWrites(file string) error {
	db, err := sql.Open("sqlite3", "file:"+file+"?_journal_mode=WAL&_synchronous=FULL&_txlock=immediate&_busy_timeout=5000&_stmt_cache_size=64")
	if err != nil {
		return err
	}
	if _, err := db.Exec("PRAGMA wal_autocheckpoint = 8192;" + bareSchema); err != nil { // as rare as the product's
		return err
	}
	conn, err := db.Conn(context.Background())
	if err != nil {
		return err
	}
	queue := make(chan *bareWrite, 1024)
	go bareWriter(conn, queue)
	http.HandleFunc("POST /comments", func(w http.ResponseWriter, r *http.Request) {
		write := &bareWrite{done: make(chan error, 1)}
		if err := json.NewDecoder(r.Body).Decode(&write.comment); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		queue <- write
		if err := <-write.done; err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusCreated)
		_ = json.NewEncoder(w).Encode(write.comment) // the client has gone: nothing to do
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("http://%s\n", l.Addr())
	return http.Serve(l, nil)
}

func bareWriter(conn *sql.Conn, queue chan *bareWrite) {
	ctx := context.Background()
	for first := range queue {
		group := []*bareWrite{first}
		_, err := conn.ExecContext(ctx, "BEGIN IMMEDIATE")
		for i := 0; err == nil && i < len(group); i++ {
			err = bareInsert(ctx, conn, &group[i].comment)
			select {
			case next := <-queue:
				group = append(group, next)
			default:
			}
		}
		if err == nil {
			_, err = conn.ExecContext(ctx, "COMMIT")
		}
		for _, w := range group {
			w.done <- err
		}
	}
}

func bareInsert(ctx context.Context, conn *sql.Conn, c *bareComment) error {
	now := time.Now().UTC()
	res, err := conn.ExecContext(ctx, `INSERT INTO comments (project_id, parent_id, author_id, body, created_at) VALUES (1, ?, 1, ?, ?)`, c.ParentID, c.Body, now)
	if err != nil {
		return err
	}
	if c.ID, err = res.LastInsertId(); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, `INSERT INTO notifications (user_id, comment_id, text, created_at) VALUES (2, ?, ?, ?)`, c.ID, c.Body, now); err != nil {
		return err
	}
	data, err := json.Marshal(c)
	if err != nil {
		return err
	}
	_, err = conn.ExecContext(ctx, `INSERT INTO events (topic, type, data, created_at) VALUES ('project:1', 'comment.added', ?, ?)`, string(data), now)
	return err
}
