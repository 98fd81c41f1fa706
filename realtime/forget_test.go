package realtime_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"galley/events"
	"galley/httpapi"
)

// forget ends the topic's past, and says one thing more.
func (e *env) forget(topic string, n int) {
	e.Helper()
	err := e.db.Write(context.Background(), func(tx *gorm.DB) error {
		if err := events.Forget(tx, topic); err != nil {
			return err
		}
		return events.Append(tx, events.Change{Topic: topic, Type: events.ProjectDeleted, Subject: fmt.Sprint("projects/", n)}, map[string]int{"n": n})
	})
	if err != nil {
		e.Fatal(err)
	}
}

// Whoever was away while something was taken back reloads; whoever had it already, or was there, just hears what is new.
func TestForgottenIsNotToldAgain(t *testing.T) {
	e := newEnv(t)
	from := e.head()
	there := e.dial(3)
	there.subscribe("projects", "")
	e.add("projects", 1)
	e.add("projects", 2)
	there.wants("projects", 1, 2)
	upToDate := e.head()
	e.add("site", 3)
	e.forget("projects", 4)
	there.wants("projects", 4)

	away := e.dial(4)
	if m := away.subscribe("projects", from.String()); m.Topics["projects"].Recovered {
		t.Errorf("got %+v, want it not recovered", m)
	}
	if m := away.next(); m.Type != "resync" || m.Position != e.head().String() {
		t.Errorf("got %+v, want resync at the head", m)
	}
	had := e.dial(5)
	had.subscribe("projects", upToDate.String())
	had.wants("projects", 4)
	e.add("projects", 5)
	for _, b := range []*browser{there, away, had} {
		b.wants("projects", 5)
	}
	other := e.dial(6)
	other.subscribe("site", from.String())
	other.wants("site", 3)
}

func TestForgottenIsNotReadByHand(t *testing.T) {
	e := newEnv(t)
	from := e.head()
	e.add("projects", 1)
	upToDate := e.head()
	e.forget("projects", 2)
	for _, row := range []struct {
		query  string
		resync bool
		events int
	}{
		{"topics=projects&after=" + from.String(), true, 0},
		{"topics=site,projects&after=" + from.String(), true, 0},
		{"topics=site&after=" + from.String(), false, 0},
		{"topics=projects&after=" + upToDate.String(), false, 1},
		{"topics=!projects&after=" + from.String(), false, 0},
	} {
		req, err := http.NewRequest("GET", e.server.URL+"/api/v1/realtime/changes?"+row.query, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.AddCookie(&http.Cookie{Name: httpapi.CookieName, Value: "3"})
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close() // read to its end
		var got struct {
			Resync bool
			Events []json.RawMessage
		}
		if err == nil {
			err = json.Unmarshal(body, &got)
		}
		if err != nil || got.Resync != row.resync || len(got.Events) != row.events {
			t.Errorf("%s: got %s (%v)", row.query, body, err)
		}
	}
}

// Somebody whose line is slow has events still to come when they are taken back: a reload comes in their place, whether
// what they lack stands in the topic's ring or only in the log.
func TestForgottenOnASlowLine(t *testing.T) {
	for _, many := range []int{240, 2000} {
		t.Run(fmt.Sprint(many), func(t *testing.T) { forgetOnASlowLine(t, many) })
	}
}

func forgetOnASlowLine(t *testing.T, many int) {
	e := newEnv(t)
	slow := e.dial(3)
	if err := slow.ws.NetConn().(*net.TCPConn).SetReadBuffer(128 << 10); err != nil {
		t.Fatal(err)
	}
	slow.subscribe("projects", "")
	long := strings.Repeat("x", 30_000) // 240 of them are more than the two ends of this line keep
	err := e.db.Write(t.Context(), func(tx *gorm.DB) error {
		for n := range many {
			if err := events.Append(tx, events.Change{Topic: "projects", Type: events.ProjectChanged, Subject: "projects/1"}, map[string]any{"n": n, "name": long}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	e.forget("projects", many)
	var heard []int
	resynced := false
	for !slices.Contains(heard, many+1) {
		m := slow.next()
		switch m.Type {
		case "resync":
			resynced = true
			e.add("projects", many+1)
		case "events":
			for _, event := range m.Events {
				if resynced && event.Data.N < many {
					t.Fatalf("%d was told after it was forgotten", event.Data.N)
				}
				heard = append(heard, event.Data.N)
			}
		}
	}
	if !resynced || len(heard) > many || !slices.IsSorted(heard) {
		t.Errorf("resync %v, heard %d events", resynced, len(heard))
	}
}
