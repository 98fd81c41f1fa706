package releases_test

import (
	"fmt"
	"testing"

	"galley/access"
	"galley/content"
	"galley/store/storetest"
)

// Whose work went out is told, once: of their item, of several as one, or as the project's owner; never who did it, never
// who may not see the project.
func TestPublishTellsWhoseWorkWentOut(t *testing.T) {
	e := newEnv(t)
	mine := e.page(t, e.tomas, e.launch, "Fares")
	e.ready(t, mine, e.page(t, e.maren, e.launch, "Timetable"), e.page(t, e.maren, e.launch, "Map"))
	shared := e.page(t, e.anna, e.launch, "Contact")
	if _, err := e.content.Save(t.Context(), e.maren, shared.ID, 1, 1, content.Save{Slug: &shared.Slug, Fields: values("Contact")}); err != nil {
		t.Fatal(err)
	}
	e.ready(t, shared)
	e.page(t, e.ilseAsEditor(t), e.launch, "Never ready")
	before := storetest.LastEvent(t, e.db)
	e.publish(t, e.tomas, e.launch)
	same(t, "who did it", e.told(t, e.tomas), []string{})
	same(t, "the owner", e.told(t, e.anna), []string{"project_published of 4 by tomas: Coast Pass launch (You own this project.)"})
	same(t, "who wrote two and saved a third", e.told(t, e.maren), []string{"project_published of 3 by tomas: Coast Pass launch (You worked on what went out.)"})
	same(t, "whose work stayed", e.told(t, e.ilse), []string{})
	told := storetest.Events(t, e.db, before)
	for person, want := range map[int64]int{e.anna.UserID: 1, e.maren.UserID: 1, e.tomas.UserID: 0, e.ilse.UserID: 0} {
		if n := count(told, fmt.Sprint("notification.added user:", person)); n != want {
			t.Errorf("notification.added of person %d was written %d times, want %d", person, n, want)
		}
	}

	again := e.project(t, "Again")
	next := e.next(t, e.tomas, again, mine, "New fares")
	e.ready(t, next)
	e.publish(t, e.maren, again)
	same(t, "who wrote one", e.told(t, e.tomas), []string{"item_published of 1 by maren: New fares (You worked on it.)"})
}

func TestPublishTellsNobodyWhoMayNotKnow(t *testing.T) {
	e := newEnv(t)
	project := e.project(t, "Soon members only")
	e.ready(t, e.page(t, e.tomas, project, "Fares"), e.page(t, e.maren, project, "Map"))
	storetest.Exec(t, e.db, `UPDATE projects SET visibility = 'members' WHERE id = ?`, project)
	storetest.Exec(t, e.db, `UPDATE users SET disabled = TRUE WHERE id = ?`, e.maren.UserID)
	e.publish(t, e.anna, project)
	same(t, "a stranger now", e.told(t, e.tomas), []string{})
	same(t, "whose account is disabled", e.told(t, e.maren), []string{})
}

// ilseAsEditor is Ilse in a role in which she writes.
func (e env) ilseAsEditor(t *testing.T) access.Actor {
	t.Helper()
	storetest.Exec(t, e.db, `UPDATE users SET role = 'editor' WHERE id = ?`, e.ilse.UserID)
	a := e.ilse
	a.Role = access.Editor
	return a
}
