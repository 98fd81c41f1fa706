package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync/atomic"
	"time"

	"galley/access"
	"galley/comments"
	"galley/content"
	"galley/projects"
	"galley/releases"
	"galley/users"
)

// demoBegan is how long ago the newsroom of the demo began to work.
const demoBegan = 96 * time.Hour

// clock is the system's, set back while the demo is made: what stands in a newsroom was not all done this minute.
type clock struct{ behind atomic.Int64 }

func (c *clock) now() time.Time { return time.Now().Add(-time.Duration(c.behind.Load())) }

// step moves the clock a twelfth of the way to now: hours lie between the first acts, minutes between the last.
func (c *clock) step() { c.behind.Store(c.behind.Load() / 12 * 11) }

// demo fills an empty database with a newsroom, through the services as people would, and prints who may sign in. A
// database with anybody else in it is left alone.
func (a *App) demo(ctx context.Context, out io.Writer) error {
	people, _, err := a.users.List(ctx, access.System, users.Filter{Limit: len(demoPeople)})
	if err != nil {
		return err
	}
	if len(people) == 0 {
		if err := a.makeDemo(ctx); err != nil {
			return err
		}
	} else if !slices.ContainsFunc(people, func(p users.Person) bool { return p.Email == demoPeople[0].email }) {
		_, err := fmt.Fprintln(out, "The database is in use: --demo adds nothing to it.")
		return err
	}
	for _, p := range demoPeople {
		if err := printRow(out, p.role, p.email, p.password); err != nil {
			return err
		}
	}
	return nil
}

// demoRun is what is known while the demo is made.
type demoRun struct {
	*App
	ctx    context.Context
	people map[string]access.Actor // by handle
	pages  map[string]int64        // project items of the project at hand, by title
}

func (a *App) makeDemo(ctx context.Context) error {
	a.clock.behind.Store(int64(demoBegan))
	defer a.clock.behind.Store(0)
	n := &demoRun{App: a, ctx: ctx, people: map[string]access.Actor{}}
	for _, p := range demoPeople {
		made, err := a.users.Add(ctx, access.System, users.NewPerson{Name: p.name, Email: p.email, Role: p.role, Password: p.password})
		if err != nil {
			return err
		}
		n.people[made.Handle] = access.Actor{UserID: made.ID, Name: made.Name, Handle: made.Handle, Role: p.role}
	}
	for _, p := range demoProjects {
		if err := n.makeProject(p); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}

func (n *demoRun) makeProject(p demoProject) error {
	owner := n.people[p.owner]
	var due *string
	if p.due > 0 {
		day := time.Now().AddDate(0, 0, p.due).Format(time.DateOnly)
		due = &day
	}
	n.clock.step()
	project, _, err := n.projects.Create(n.ctx, owner, projects.Draft{Name: p.name, Description: p.description, DueOn: due})
	if err != nil {
		return err
	}
	if err := n.makePages(project.ID, p); err != nil {
		return err
	}
	for _, c := range p.talk {
		if err := n.say(project.ID, c); err != nil {
			return err
		}
	}
	return nil
}

// makePages lets everybody write their pages into the project, publishes those that are out already, and sets ready the
// ones that are. Who wrote last in a project goes on there: it stays their active one.
func (n *demoRun) makePages(projectID int64, p demoProject) error {
	n.pages = map[string]int64{}
	made := map[string]content.View{}
	for _, page := range p.pages {
		by := n.people[page.by]
		if _, err := n.projects.Activate(n.ctx, by, &projectID); err != nil {
			return err
		}
		n.clock.step()
		fields := content.Values{"title": page.title, "summary": page.summary, "body": page.body}
		var v content.View
		var err error
		if page.of == "" {
			v, _, err = n.content.Create(n.ctx, by, content.NewItem{Type: "page", Language: "en", Fields: fields})
		} else {
			v, _, err = n.content.Begin(n.ctx, by, made[page.of].ID, content.NewDraft{Language: page.language, Fields: fields})
		}
		if err != nil {
			return fmt.Errorf("%s: %w", page.title, err)
		}
		made[page.title], n.pages[page.title] = v, *v.Version.ItemID
	}
	out, err := n.setReady(p.pages, made, content.Published)
	if err != nil {
		return err
	}
	if out > 0 {
		n.clock.step()
		if _, _, err := n.releases.Publish(n.ctx, n.people[p.owner], projectID, releases.Request{Mode: releases.WhatIsReady}); err != nil {
			return err
		}
	}
	_, err = n.setReady(p.pages, made, content.Ready)
	return err
}

// setReady lets the writers of the pages that are to come to the state set them ready, and counts them.
func (n *demoRun) setReady(pages []demoPage, made map[string]content.View, state string) (count int, err error) {
	for _, page := range pages {
		if page.state != state {
			continue
		}
		n.clock.step()
		count++
		v := made[page.title]
		if _, err := n.content.SetReady(n.ctx, n.people[page.by], v.ID, v.Version.Number); err != nil {
			return count, fmt.Errorf("%s: %w", page.title, err)
		}
	}
	return count, nil
}

// say adds a comment and what was replied.
func (n *demoRun) say(projectID int64, c demoComment) error {
	d := comments.Draft{Body: c.body, Quote: c.quote}
	if c.on != "" {
		item, known := n.pages[c.on]
		if !known {
			return fmt.Errorf("a comment is on %q, which is no page of the project", c.on)
		}
		d.ItemID = &item
	}
	if c.quote != "" {
		d.Field = "body"
	}
	n.clock.step()
	first, _, err := n.comments.Add(n.ctx, n.people[c.by], projectID, d)
	if err != nil {
		return err
	}
	for _, reply := range c.replies {
		n.clock.step()
		if _, _, err := n.comments.Add(n.ctx, n.people[reply.by], projectID, comments.Draft{Body: reply.body, ParentID: &first.ID}); err != nil {
			return err
		}
	}
	if c.settled {
		n.clock.step()
		_, err = n.comments.Resolve(n.ctx, n.people[c.by], first.ID)
	}
	return err
}
