//go:build linux

package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"

	"github.com/gorilla/websocket"
)

const bareSocketsArg = "serve-bare-sockets"

// bareHub sends each posted event to every socket: what waits is joined into one message, prepared once.
type bareHub struct {
	queue chan []byte

	mu      sync.Mutex
	sockets []*websocket.Conn
}

// serveBareSockets opens a socket for whoever asks and takes events by POST, for everybody. Its sockets cost as little as we
// know how: small buffers, shared for writing, and a reader that lets net/http free what it holds.
func serveBareSockets() error {
	h := &bareHub{queue: make(chan []byte, 1024)}
	go h.send()
	upgrader := websocket.Upgrader{ReadBufferSize: 512, WriteBufferPool: &sync.Pool{}, CheckOrigin: func(*http.Request) bool { return true }}
	http.HandleFunc("GET /live", func(w http.ResponseWriter, r *http.Request) {
		ws, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return // answered
		}
		h.mu.Lock()
		h.sockets = append(h.sockets, ws)
		_ = ws.WriteMessage(websocket.TextMessage, []byte(`"subscribed"`)) // its reader sees what happened
		h.mu.Unlock()
		go h.read(ws)
	})
	http.HandleFunc("POST /events", func(w http.ResponseWriter, r *http.Request) {
		event, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		h.queue <- event
		w.WriteHeader(http.StatusCreated)
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("http://%s\n", l.Addr())
	return http.Serve(l, nil)
}

func (h *bareHub) read(ws *websocket.Conn) {
	for {
		if _, _, err := ws.NextReader(); err != nil {
			break
		}
	}
	h.mu.Lock()
	h.sockets = slices.DeleteFunc(h.sockets, func(other *websocket.Conn) bool { return other == ws })
	h.mu.Unlock()
	_ = ws.Close() // gone already
}

func (h *bareHub) send() {
	for event := range h.queue {
		waiting := [][]byte{event}
		for more := true; more; {
			select {
			case event = <-h.queue:
				waiting = append(waiting, event)
			default:
				more = false
			}
		}
		message := append([]byte(`{"events":[`), bytes.Join(waiting, []byte(","))...)
		prepared, err := websocket.NewPreparedMessage(websocket.TextMessage, append(message, "]}"...))
		if err != nil {
			panic(err)
		}
		h.mu.Lock()
		for _, ws := range h.sockets {
			_ = ws.WritePreparedMessage(prepared) // likewise
		}
		h.mu.Unlock()
	}
}
