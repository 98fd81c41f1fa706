package main

import (
	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/events"
	"galley/projects"
	"galley/realtime"
	"galley/users"
)

// mayHear is where realtime and the domains meet: whoever may read a thing may hear of it, and nobody else. Unauthenticated
// and Forbidden mean that the session or the account is no more; NotFound that the topic is not there for this person.
func mayHear(people *users.Service) realtime.MayHear {
	return func(tx *gorm.DB, a access.Actor, topic string) error {
		a, err := people.Alive(tx, a) // with the role of now: that of the connection may be an old one
		if err != nil {
			return err
		}
		kind, id, ok := events.ParseTopic(topic)
		switch {
		case !ok:
			return errs.Missing("topic")
		case kind == events.Projects || kind == events.Content || kind == events.Site:
			return nil // everybody's who is signed in
		case kind == events.Audit && access.ReadAudit.Allow(a.Role).Allowed:
			return nil
		case kind == "user" && id == a.UserID:
			return nil
		case kind == "project":
			_, err := projects.Require(tx, a, id, access.See)
			return err
		}
		return errs.Missing("topic")
	}
}
