package events

import (
	"strconv"
	"strings"
)

// Position is a place in the log. A client holds it as one opaque string, epoch.id.
type Position struct {
	Epoch string
	ID    int64
}

// String is the position as clients hold it.
func (p Position) String() string { return p.Epoch + "." + strconv.FormatInt(p.ID, 10) }

// MarshalText makes a Position stand as its string in JSON.
func (p Position) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// maxEpoch bounds what is accepted as an epoch, in bytes.
const maxEpoch = 64

// ParsePosition reads what String wrote; ok is false for anything else.
func ParsePosition(s string) (p Position, ok bool) {
	epoch, digits, found := strings.Cut(s, ".")
	if !found || epoch == "" || len(epoch) > maxEpoch {
		return Position{}, false
	}
	for _, r := range epoch {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return Position{}, false
		}
	}
	id, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || id < 0 || strconv.FormatInt(id, 10) != digits {
		return Position{}, false
	}
	return Position{Epoch: epoch, ID: id}, true
}

// AppendWire appends the event as every transport sends it: a CloudEvents-shaped object (CloudEvents 1.0, section 3) whose
// id is its position.
func (e *Event) AppendWire(b []byte, epoch string) []byte {
	topic := e.Topic
	if strings.HasPrefix(topic, "user:") {
		topic = Self
	}
	b = append(b, `{"id":"`...)
	b = append(b, epoch...)
	b = append(b, '.')
	b = strconv.AppendInt(b, e.ID, 10)
	b = append(b, `","topic":"`...)
	b = append(b, topic...)
	b = append(b, `","type":"`...)
	b = append(b, e.Type...)
	b = append(b, `","subject":"`...)
	b = append(b, e.Subject...)
	b = append(b, `","actor":`...)
	b = append(b, e.Actor...)
	b = append(b, `,"time":"`...)
	b = e.Time.UTC().AppendFormat(b, "2006-01-02T15:04:05.000Z")
	b = append(b, `","data":`...)
	b = append(b, e.Data...)
	return append(b, '}')
}
