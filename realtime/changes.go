package realtime

import (
	"context"
	"encoding/json"

	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/events"
)

// countCap is where counting what is new stops.
const countCap = 1000

// Changes is one read of the log, for those who do not listen.
type Changes struct {
	Mode     string            `json:"mode"`
	Position events.Position   `json:"position"` // the last id that was looked at
	More     bool              `json:"more"`
	Resync   bool              `json:"resync"`
	Topics   map[string]string `json:"topics"`          // ok or not_found
	Events   []json.RawMessage `json:"events,omitzero"` // nil for a count
	Count    *int              `json:"count,omitempty"`
}

// changesQuery is what is asked of the log.
type changesQuery struct {
	topics []string
	after  *events.Position // nil: from now
	limit  int
	count  bool
}

// changes reads the events of those topics that the actor may hear, checked on the same snapshot.
func (h *Hub) changes(ctx context.Context, a access.Actor, q changesQuery) (Changes, error) {
	answer := Changes{Mode: h.mode(), Topics: map[string]string{}}
	if !q.count {
		answer.Events = []json.RawMessage{}
	}
	err := h.db.Read(ctx, func(tx *gorm.DB) error {
		here, err := events.Here(tx)
		if err != nil {
			return err
		}
		allowed, err := h.allowed(tx, a, q.topics, answer.Topics)
		if err != nil {
			return err
		}
		answer.Position = here
		if q.after == nil || len(allowed) == 0 {
			return nil
		}
		if answer.Resync, err = cannotGoOn(tx, allowed, *q.after, here); err != nil {
			return err
		}
		switch {
		case answer.Resync:
		case q.count:
			n, err := events.Count(tx, allowed, q.after.ID, countCap, a.UserID)
			answer.Count = &n
			return err
		default:
			return h.readChanges(tx, &answer, allowed, q)
		}
		return nil
	})
	if q.count && answer.Count == nil {
		answer.Count = new(int)
	}
	return answer, err
}

// cannotGoOn tells whether what any of the topics said since the position is gone.
func cannotGoOn(tx *gorm.DB, topics []string, after, here events.Position) (bool, error) {
	if after.Epoch != here.Epoch || after.ID > here.ID {
		return true, nil
	}
	for _, topic := range topics {
		if gap, err := events.Gap(tx, topic, after.ID); gap || err != nil {
			return gap, err
		}
	}
	return false, nil
}

// allowed keeps the topics that the actor may hear, by their names in the log, and notes the answer for each asked one.
func (h *Hub) allowed(tx *gorm.DB, a access.Actor, asked []string, answer map[string]string) ([]string, error) {
	var allowed []string
	for _, name := range asked {
		logName := (&conn{actor: a}).logName(name)
		if logName == "" {
			answer[name] = string(errs.NotFound)
			continue
		}
		switch err := h.mayHear(tx, a, logName); errs.CodeOf(err) {
		case "":
			answer[name] = "ok"
			allowed = append(allowed, logName)
		case errs.NotFound:
			answer[name] = string(errs.NotFound)
		default:
			return nil, err
		}
	}
	return allowed, nil
}

func (h *Hub) readChanges(tx *gorm.DB, answer *Changes, topics []string, q changesQuery) error {
	page, err := events.Page(tx, topics, q.after.ID, q.limit+1)
	if err != nil {
		return err
	}
	size := 0
	for i, e := range page {
		wire := h.encode(e).wire
		if size += len(wire); i == q.limit || size > maxReplayBytes && i > 0 {
			answer.More = true
			answer.Position.ID = page[i-1].ID
			break
		}
		answer.Events = append(answer.Events, wire)
	}
	return nil
}

// mode is how browsers should follow the log now.
func (h *Hub) mode() string {
	if h.enabled.Load() {
		return modeWebSocket
	}
	return modeManual
}

const (
	modeWebSocket = "websocket"
	modeManual    = "manual"
)
