package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"galley/access"
)

type followed struct {
	ID       int64  `json:"id"`
	Revision int64  `json:"revision"`
	Topic    string `json:"topic"`
	Position string `json:"position"`
}

type commentData struct {
	ID   int64  `json:"id"`
	Body string `json:"body"`
}

type changes struct {
	Mode     string  `json:"mode"`
	Position string  `json:"position"`
	Resync   bool    `json:"resync"`
	Events   []event `json:"events"`
}

type liveUpdates struct {
	Enabled  bool  `json:"websockets_enabled"`
	Revision int64 `json:"revision"`
	Pinned   struct {
		Websockets *string `json:"websockets_enabled"`
	} `json:"pinned"`
}

func bodies(t *testing.T, all []event) (out []string) {
	t.Helper()
	for _, e := range all {
		var c commentData
		if err := json.Unmarshal(e.Data, &c); err != nil || e.Type != "comment.added" {
			t.Fatalf("got %+v, %v", e, err)
		}
		out = append(out, c.Body)
	}
	return out
}

// TestTheMainJob is the promise in one go: sign in, comment, hear it, restart, catch up.
func TestTheMainJob(t *testing.T) {
	c := testConfig(t)
	r := run(t, c)
	r.addPerson(t, "Anna Vale", access.Editor)
	r.addPerson(t, "Ilse Kortwijk", access.Reviewer)
	anna, ilse := signIn(t, r.url, "anna@merrow.example", testPassword), signIn(t, r.url, "ilse@merrow.example", testPassword)
	project := ask[withID](t, anna, "POST", "/projects", map[string]string{"name": "Coast Pass launch"})
	path := fmt.Sprintf("/projects/%d", project.ID)
	say := func(p person, words string) {
		t.Helper()
		ask[commentData](t, p, "POST", path+"/comments", map[string]string{"body": words})
	}

	overview := ask[followed](t, ilse, "GET", path, nil)
	say(anna, "Said between loading and listening")
	heard := ilse.connect(t)
	heard.follow(overview.Topic, overview.Position)
	say(anna, "Said while Ilse listens")
	got := heard.events(2)
	if want := []string{"Said between loading and listening", "Said while Ilse listens"}; !slices.Equal(bodies(t, got), want) {
		t.Errorf("heard %v, want %v", bodies(t, got), want)
	}
	position := got[1].ID

	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		r.stop()
	}()
	if bye := heard.next("bye"); string(bye.Code) != "1012" || bye.RetryMS == nil {
		t.Errorf("bye: got %+v", bye)
	}
	heard.closed(1012)
	<-stopped

	r = run(t, c)
	anna.url, ilse.url = r.url, r.url // the same browsers, still signed in
	say(anna, "Said while Ilse was away")
	again := ilse.connect(t)
	again.follow(overview.Topic, position)
	say(anna, "Said when she was back")
	got = again.events(2)
	if want := []string{"Said while Ilse was away", "Said when she was back"}; !slices.Equal(bodies(t, got), want) {
		t.Errorf("after the restart heard %v, want %v", bodies(t, got), want)
	}

	byHand := ask[changes](t, ilse, "GET", "/realtime/changes?topics="+overview.Topic+"&after="+overview.Position, nil)
	if byHand.Mode != "websocket" || byHand.Resync || len(byHand.Events) != 4 || byHand.Events[3].ID != got[1].ID {
		t.Errorf("by hand: got %+v", byHand)
	}

	everywhere := ilse.connect(t)
	ask[any](t, ilse, "DELETE", "/sessions", nil)
	everywhere.closed(4501)
	again.closed(4501)
}

// TestTheSwitch turns WebSockets off and on, and off over a restart.
func TestTheSwitch(t *testing.T) {
	c := testConfig(t)
	r := run(t, c)
	r.addPerson(t, "Maren Oduya", access.Admin)
	r.addPerson(t, "Anna Vale", access.Editor)
	maren, anna := signIn(t, r.url, "maren@merrow.example", testPassword), signIn(t, r.url, "anna@merrow.example", testPassword)
	turn := func(on bool) {
		t.Helper()
		now := ask[liveUpdates](t, maren, "GET", "/settings", nil)
		after := ask[liveUpdates](t, maren, "PATCH", "/settings", map[string]bool{"websockets_enabled": on}, ifMatch(now.Revision)...)
		if after.Enabled != on {
			t.Fatalf("got %+v", after)
		}
	}
	refused := func() {
		t.Helper()
		_, res, err := anna.dial()
		if err == nil || res == nil || res.StatusCode != http.StatusServiceUnavailable {
			t.Fatalf("an upgrade while off: got %v, %v", res, err)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil || !strings.Contains(string(body), `"code":"realtime_disabled"`) {
			t.Errorf("got %s, %v", body, err)
		}
		if mode := ask[changes](t, anna, "GET", "/realtime/changes?topics=site&count=true", nil).Mode; mode != "manual" {
			t.Errorf("the mode is %q", mode)
		}
	}
	before := ask[followed](t, maren, "GET", "/settings", nil)
	open := anna.connect(t)
	open.follow("site", before.Position)
	turn(false)
	open.closed(4505)
	refused()
	project := ask[withID](t, anna, "POST", "/projects", map[string]string{"name": "Made without live updates"})
	byHand := ask[changes](t, anna, "GET", "/realtime/changes?topics=site,projects&after="+before.Position, nil)
	if len(byHand.Events) != 2 || byHand.Events[0].Type != "settings.changed" || byHand.Events[1].Type != "project.created" {
		t.Errorf("by hand: got %+v", byHand.Events)
	}

	r.stop()
	r = run(t, c)
	anna.url, maren.url = r.url, r.url
	refused()
	turn(true)
	back := anna.connect(t)
	back.follow("projects", byHand.Position)
	ask[any](t, anna, "PATCH", fmt.Sprintf("/projects/%d", project.ID), map[string]string{"name": "Made live"}, ifMatch(project.Revision)...)
	if got := back.events(1); got[0].Type != "project.changed" {
		t.Errorf("after switching on: got %+v", got)
	}

	r.stop()
	c.Websockets = pin(false)
	r = run(t, c)
	anna.url, maren.url = r.url, r.url
	refused()
	now := ask[liveUpdates](t, maren, "GET", "/settings", nil)
	if now.Enabled || now.Pinned.Websockets == nil || *now.Pinned.Websockets != "a test" {
		t.Errorf("pinned: got %+v", now)
	}
	status, body := maren.do(t, "PATCH", "/settings", map[string]bool{"websockets_enabled": true}, ifMatch(now.Revision)...)
	if status != http.StatusConflict || !strings.Contains(string(body), "This is set by a test.") {
		t.Errorf("changing a pinned one: got %d %s", status, body)
	}
}

// TestStopLetsAnswersOut asks for the stop while a request is under way: it is answered, nobody new gets in, and the
// process ends in time although a socket is open.
func TestStopLetsAnswersOut(t *testing.T) {
	r := run(t, testConfig(t))
	r.addPerson(t, "Anna Vale", access.Editor)
	anna := signIn(t, r.url, "anna@merrow.example", testPassword)
	open := anna.connect(t)
	const body = `{"name":"Under way"}`
	slow := anna.begin(t, "POST", "/projects", len(body))
	slow.write(body[:8])
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		r.stop()
	}()
	open.closed(1012)
	deadline := time.Now().Add(5 * time.Second)
	for {
		res, err := http.Get(r.url + "/healthz")
		if err != nil {
			break
		}
		_ = res.Body.Close() // only whether there is an answer
		if time.Now().After(deadline) {
			t.Fatal("somebody new still gets in")
		}
	}
	slow.write(body[8:])
	if status := slow.status(); status != http.StatusCreated {
		t.Errorf("what was under way got %d", status)
	}
	<-stopped
}
