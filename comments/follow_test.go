package comments_test

import (
	"fmt"
	"testing"

	"galley/access"
	"galley/comments"
	"galley/notifications"
	"galley/projects"
	"galley/store/storetest"
)

// reasons are why somebody was told, newest first, and the inbox is empty again.
func (e env) reasons(t *testing.T, a access.Actor) []string {
	t.Helper()
	page, err := e.inbox.List(t.Context(), a, notifications.Filter{Unread: true, Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for _, n := range page.Rows {
		out = append(out, fmt.Sprintf("%s: %s", n.Kind, n.Reason))
	}
	if _, err := e.inbox.Read(t.Context(), a, notifications.Reading{All: true}); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestFollowersAreTold(t *testing.T) {
	e := newEnv(t)
	p := projects.New(e.db)
	here, onItem := projects.Target{ProjectID: e.project}, projects.Target{ProjectID: e.project, ItemID: &e.item}
	say := func(a access.Actor, item *int64, body string) { e.add(t, a, comments.Draft{Body: body, ItemID: item}) }
	set := func(act func(a access.Actor, target projects.Target, on bool) (projects.Watch, error), a access.Actor, target projects.Target, on bool, want projects.Watch) {
		t.Helper()
		if got, err := act(a, target, on); err != nil || got != want {
			t.Errorf("got %+v, %v, want %+v", got, err, want)
		}
	}
	follow := func(a access.Actor, target projects.Target, on bool) (projects.Watch, error) {
		return p.Follow(t.Context(), a, target, on)
	}
	mute := func(a access.Actor, target projects.Target, on bool) (projects.Watch, error) {
		return p.Mute(t.Context(), a, target, on)
	}

	say(e.ilse, nil, "On the project.")
	same(t, "who made the project", e.reasons(t, e.anna), []string{"commented: You follow this project because you made it."})
	same(t, "who wrote it", e.reasons(t, e.ilse), []string{})
	say(e.anna, &e.item, "On the page.")
	same(t, "who wrote on the project follows its items too", e.reasons(t, e.ilse), []string{"commented: You follow this project because you wrote there."})
	same(t, "nobody else", e.reasons(t, e.tomas), []string{})

	set(follow, e.tomas, onItem, true, projects.Watch{Following: true})
	say(e.maren, &e.item, "@tomas and all: hello.")
	same(t, "who is mentioned is told that, once", e.reasons(t, e.tomas), []string{"mentioned: You were mentioned by name."})
	same(t, "the nearer reason comes first", e.reasons(t, e.anna), []string{"commented: You follow this item because you wrote there."})
	say(e.maren, nil, "On the project.")
	same(t, "who follows an item hears nothing of the project", e.reasons(t, e.tomas), []string{})
	say(e.maren, &e.item, "On the page.")
	same(t, "who chose to", e.reasons(t, e.tomas), []string{"commented: You follow this item."})
	e.reasons(t, e.ilse)

	set(follow, e.ilse, onItem, false, projects.Watch{})
	say(e.maren, &e.item, "On the page.")
	same(t, "who left the item alone", e.reasons(t, e.ilse), []string{})
	say(e.ilse, &e.item, "Once more.")
	say(e.maren, &e.item, "On the page.")
	same(t, "leaving wins over writing", e.reasons(t, e.ilse), []string{})
	say(e.maren, nil, "On the project.")
	same(t, "the project goes on", e.reasons(t, e.ilse), []string{"commented: You follow this project because you wrote there."})

	e.reasons(t, e.tomas)
	set(mute, e.tomas, here, true, projects.Watch{Muted: true})
	say(e.maren, &e.item, "On the page.")
	same(t, "a muted project mutes its items", e.reasons(t, e.tomas), []string{})
	say(e.maren, &e.item, "@tomas?")
	same(t, "mentions still come", e.reasons(t, e.tomas), []string{"mentioned: You were mentioned by name."})
	set(mute, e.tomas, here, false, projects.Watch{})
	e.reasons(t, e.anna)
	set(mute, e.anna, onItem, true, projects.Watch{Following: true, Muted: true})
	say(e.maren, &e.item, "On the page.")
	same(t, "a muted item, though the project is followed", e.reasons(t, e.anna), []string{})
	same(t, "and not muted any more", e.reasons(t, e.tomas), []string{"commented: You follow this item."})
}

// Who follows what they may not see any more is not told of it.
func TestFollowersWhoMayNotSeeAreNotTold(t *testing.T) {
	e := newEnv(t)
	if _, err := projects.New(e.db).Follow(t.Context(), e.tomas, projects.Target{ProjectID: e.project}, true); err != nil {
		t.Fatal(err)
	}
	storetest.Exec(t, e.db, `UPDATE projects SET visibility = 'members' WHERE id = ?`, e.project)
	before := storetest.LastEvent(t, e.db)
	e.add(t, e.anna, comments.Draft{Body: "Among ourselves."})
	same(t, "events", storetest.Events(t, e.db, before), []string{fmt.Sprintf("comment.added project:%d", e.project)})
}
