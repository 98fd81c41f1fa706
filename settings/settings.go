// Package settings holds what an admin may change while Galley runs. It must never know who acts on a change.
package settings

import (
	"time"

	"galley/access"
	"galley/errs"
)

// Settings are the one row, with what the configuration has pinned counted in.
type Settings struct {
	WebsocketsEnabled bool           `json:"websockets_enabled"`
	RealtimeFallback  string         `json:"realtime_fallback"`
	Revision          int64          `json:"revision"`
	ChangedAt         *time.Time     `json:"changed_at"`
	ChangedBy         *access.Person `json:"changed_by"`
	Pinned            Pinned         `json:"pinned"`
}

// Pinned says for each setting by what the configuration has pinned it, or null.
type Pinned struct {
	WebsocketsEnabled *string `json:"websockets_enabled"`
}

// Edit is a change; nil leaves a setting alone.
type Edit struct {
	WebsocketsEnabled *bool   `json:"websockets_enabled" null:"no"`
	RealtimeFallback  *string `json:"realtime_fallback" null:"no"`
}

// Pins are what the configuration has fixed; nil leaves a setting to the admins.
type Pins struct {
	Websockets *Pin
}

// Pin is a fixed value and the place to change it, such as "the flag --websockets off".
type Pin struct {
	On bool
	By string
}

// fallbackManual is refreshing by hand: the one fall-back there is.
const fallbackManual = "manual"

func (e Edit) validate() error {
	var wrong errs.Fields
	if e.RealtimeFallback != nil && *e.RealtimeFallback != fallbackManual {
		wrong.Add("realtime_fallback", "One of: %s.", fallbackManual)
	}
	return wrong.Err()
}

// changed is what every browser may know of a change: the event's data.
type changed struct {
	WebsocketsEnabled bool   `json:"websockets_enabled"`
	RealtimeFallback  string `json:"realtime_fallback"`
	Revision          int64  `json:"revision"`
}
