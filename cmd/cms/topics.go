package main

import (
	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/events"
	"galley/projects"
)

// mayHear is nil when the actor may follow the topic: whoever may read a thing may hear of it. Unauthenticated and Forbidden
// mean that the session or the account is no more; NotFound that the topic is not there for this person.
func (a *App) mayHear(tx *gorm.DB, actor access.Actor, topic string) error {
	if err := a.users.Alive(tx, actor); err != nil {
		return err
	}
	kind, id, ok := events.ParseTopic(topic)
	if !ok {
		return errs.Missing("topic")
	}
	switch kind {
	case events.Projects, events.Content, events.Site:
		return nil // everybody's who is signed in
	case "user":
		if id == actor.UserID {
			return nil
		}
	case "project":
		_, err := projects.Require(tx, actor, id, access.See)
		return err
	}
	return errs.Missing("topic")
}
