package realtime

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"galley/errs"
	"galley/events"
)

// command is one message from a browser.
type command struct {
	Type   string
	ID     int64
	Follow map[string]*events.Position // subscribe: topics as the browser names them, nil for "from now"
	Topics []string                    // unsubscribe
}

// parseCommand reads a message strictly: unknown and doubled keys, other types and wrong positions are refused, with as much
// of the command as is needed to answer it.
func parseCommand(b []byte) (command, error) {
	var c command
	keys, err := object(b)
	if err != nil {
		return c, err
	}
	for _, key := range []string{"id", "type"} { // the id first: whatever else is wrong is answered with it
		raw, has := keys[key]
		delete(keys, key)
		into := any(&c.ID)
		if key == "type" {
			into = &c.Type
		}
		if has && json.Unmarshal(raw, into) != nil {
			return c, errs.New(errs.Malformed, "This message cannot be read: %s.", key)
		}
	}
	for key := range keys {
		if key != "topics" {
			return c, errs.New(errs.Malformed, "This message cannot be read: %s.", key)
		}
	}
	switch c.Type {
	case "subscribe":
		c.Follow, err = parseFollow(keys["topics"])
	case "unsubscribe":
		if err = json.Unmarshal(keys["topics"], &c.Topics); err != nil {
			err = errs.New(errs.Malformed, "topics must be a list of topics.")
		}
	default:
		err = errs.New(errs.Invalid, "There is no such type of message.")
	}
	return c, err
}

func parseFollow(raw json.RawMessage) (map[string]*events.Position, error) {
	topics, err := object(raw)
	if err != nil {
		return nil, err
	}
	if len(topics) == 0 {
		return nil, errs.New(errs.Invalid, "Name at least one topic.")
	}
	follow := map[string]*events.Position{}
	for name, raw := range topics {
		var text *string
		if err := json.Unmarshal(raw, &text); err != nil {
			return nil, errs.New(errs.Malformed, "A position must be a string or null.")
		}
		if text == nil {
			follow[name] = nil
			continue
		}
		p, ok := events.ParsePosition(*text)
		if !ok {
			return nil, errs.New(errs.Malformed, "This is no position.")
		}
		follow[name] = &p
	}
	return follow, nil
}

var errNoObject = errs.New(errs.Malformed, "A JSON object is expected here.")

// object reads the members of one JSON object, refusing doubled keys, which the plain decoder takes silently.
func object(b []byte) (map[string]json.RawMessage, error) {
	dec := json.NewDecoder(bytes.NewReader(b))
	if tok, err := dec.Token(); err != nil || tok != json.Delim('{') {
		return nil, errNoObject
	}
	members := map[string]json.RawMessage{}
	for dec.More() {
		tok, err := dec.Token()
		if err != nil {
			return nil, errNoObject
		}
		key, ok := tok.(string)
		if _, twice := members[key]; !ok || twice {
			return nil, errs.New(errs.Malformed, "A key stands twice.")
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return nil, errNoObject
		}
		members[key] = value
	}
	if _, err := dec.Token(); err != nil {
		return nil, errNoObject
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errs.New(errs.Malformed, "One object is one message.")
	}
	return members, nil
}
