// Package events is the one event log: what a change looks like and where it is kept. It knows topics and positions,
// never who may hear them and never a socket.
package events

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"galley/access"
	"galley/store"
)

// Type is a noun and what happened to it.
type Type string

// The types of events. Data is the resource as the API answers it, without what differs per viewer (my, may).
const (
	ProjectCreated   Type = "project.created"    // projects; the project
	ProjectChanged   Type = "project.changed"    // project:ID, and projects or user:ID of whoever sees it; the project, with its counts but on user:ID
	ProjectDeleted   Type = "project.deleted"    // projects or user:ID of whoever does not see it any more; its id
	MemberAdded      Type = "member.added"       // project:ID; the member
	MemberChanged    Type = "member.changed"     // project:ID; the member
	MemberRemoved    Type = "member.removed"     // project:ID; the member that was
	ItemAdded        Type = "item.added"         // project:ID; the project item
	ItemChanged      Type = "item.changed"       // project:ID; the project item
	ItemRemoved      Type = "item.removed"       // project:ID; id, project_id, content_id, language
	ContentCreated   Type = "content.created"    // content; the content item
	ContentMoved     Type = "content.moved"      // content, and each project:ID that holds it; its id, parent_id, order, tree_revision
	ContentDeleted   Type = "content.deleted"    // as content.moved; it is in the trash
	ContentRestored  Type = "content.restored"   // as content.moved; it is back
	VersionSaved     Type = "version.saved"      // project:ID, or content where no project holds it; the content item
	VersionChanged   Type = "version.changed"    // as version.saved; its state changed, not its text
	VersionFreed     Type = "version.freed"      // content; which version no project holds any more
	VersionHeld      Type = "version.held"       // content; which version a project holds from now on, or keeps to its people: look again
	CommentAdded     Type = "comment.added"      // project:ID; the comment
	CommentEdited    Type = "comment.edited"     // project:ID; the comment
	CommentDeleted   Type = "comment.deleted"    // project:ID; the comment without its words
	CommentResolved  Type = "comment.resolved"   // project:ID; the comment
	CommentReopened  Type = "comment.reopened"   // project:ID; the comment
	RunFinished      Type = "run.finished"       // project:ID; the publish run
	FollowChanged    Type = "follow.changed"     // user:ID; what they follow or muted. Who makes a thing follows it without a word
	ProjectLooked    Type = "project.looked"     // user:ID; what they have looked at
	NotificationNew  Type = "notification.added" // user:ID; the notification
	NotificationGone Type = "notification.gone"  // user:ID; the item about which they say nothing any more
	NotificationRead Type = "notification.read"  // user:ID; ids or all, and how many are unread now
	SettingsChanged  Type = "settings.changed"   // site; what every browser may know of the settings
	AuditAdded       Type = "audit.added"        // audit; the audit entry
	PersonAdded      Type = "person.added"       // site; id, name, handle, role, disabled, revision
	PersonChanged    Type = "person.changed"     // user:ID; the person and the active project. site; id, name, handle, role, disabled, revision
	SessionEnded     Type = "session.ended"      // user:ID; the session's id
	topicForgotten   Type = "topic.forgotten"    // sent to nobody; see Forget
)

// Topics that are one for the whole installation.
const (
	Projects = "projects" // summaries of the projects that everyone may see
	Content  = "content"  // content that no project holds
	Site     = "site"     // settings, and who is here
	Audit    = "audit"    // the audit log, for admins alone
)

// Project is the topic of everything in one project.
func Project(id int64) string { return "project:" + strconv.FormatInt(id, 10) }

// User is the topic of what concerns one person alone; on the wire its owner calls it user:self.
func User(id int64) string { return "user:" + strconv.FormatInt(id, 10) }

// forgetting stands before a topic's name in the row that says what the topic forgets. Nobody can follow such a name.
const forgetting = "!"

// Forgotten is the topic whose past ends with an event of the given topic; ok is false for every ordinary event.
func Forgotten(topic string) (of string, ok bool) { return strings.CutPrefix(topic, forgetting) }

// Self is the name by which a person follows their own topic.
const Self = "user:self"

// ParseTopic splits a topic into its kind and, for kinds that have one, its id. ok is false for anything that none of the
// constructors makes.
func ParseTopic(topic string) (kind string, id int64, ok bool) {
	switch topic {
	case Projects, Content, Site, Audit:
		return topic, 0, true
	}
	kind, digits, found := strings.Cut(topic, ":")
	if !found || kind != "project" && kind != "user" {
		return "", 0, false
	}
	id, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || id <= 0 || strconv.FormatInt(id, 10) != digits {
		return "", 0, false
	}
	return kind, id, true
}

// Recheck says whose rights an event may have changed. It is not sent out: whoever delivers asks again for those concerned.
type Recheck int64

// RecheckNobody is the rule; RecheckAll is for a change that may concern anybody on the topic.
const (
	RecheckNobody Recheck = 0
	RecheckAll    Recheck = -1
)

// RecheckUser is for a change that concerns one person.
func RecheckUser(id int64) Recheck { return Recheck(id) }

// Event is one row of the log.
type Event struct {
	ID      int64
	Topic   string
	Type    Type
	Subject string          // what changed, such as comments/55
	Actor   json.RawMessage // a Person, or null for the system
	Recheck Recheck
	Data    json.RawMessage
	Time    time.Time
}

// maxData is how large data may be on the wire, in bytes; above it only id and revision go out and the client fetches.
const maxData = 32 << 10

// Change is what a domain says of a change when it makes it.
type Change struct {
	Topic   string
	Type    Type
	Subject string
	Actor   access.Actor
	Recheck Recheck
}

// Append adds an event about the change to the log when the action of tx commits, and discards it when it does not. data
// is encoded at once, so later changes to it do not show.
func Append(tx *gorm.DB, c Change, data any) error {
	encoded, err := encode(data)
	if err != nil {
		return fmt.Errorf("events: encode %s: %w", c.Type, err)
	}
	actor := json.RawMessage("null")
	if c.Actor.UserID != 0 {
		if actor, err = encode(c.Actor.Person()); err != nil {
			return fmt.Errorf("events: encode actor: %w", err)
		}
	}
	e := &Event{Topic: c.Topic, Type: c.Type, Subject: c.Subject, Actor: actor, Recheck: c.Recheck, Data: encoded, Time: store.Now(tx)}
	store.Collect(tx, e, insert)
	return nil
}

// Forget ends the topic's past: what it said before may not be told any more to all who follow it, so nobody reads it again,
// and whoever has not had it yet reloads. What the action appends to the topic after this is its news.
func Forget(tx *gorm.DB, topic string) error {
	return Append(tx, Change{Topic: forgetting + topic, Type: topicForgotten, Subject: topic}, struct{}{})
}

// encode is json.Marshal without escaping <, > and &: the bytes go into JSON documents, never into HTML.
func encode(v any) (json.RawMessage, error) {
	if raw, ok := v.(json.RawMessage); ok {
		return raw, nil
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	raw := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	if len(raw) <= maxData {
		return raw, nil
	}
	var short struct {
		ID        int64 `json:"id"`
		Revision  int64 `json:"revision,omitempty"`
		Truncated bool  `json:"truncated"`
	}
	if err := json.Unmarshal(raw, &short); err != nil {
		return nil, err
	}
	short.Truncated = true
	return json.Marshal(short)
}
