package settings

import (
	"context"
	"sync"
	"sync/atomic"

	"gorm.io/gorm"

	"galley/access"
	"galley/audit"
	"galley/errs"
	"galley/events"
	"galley/store"
)

// Service keeps the settings and tells one listener when they change.
type Service struct {
	db      *store.DB
	pins    Pins
	current atomic.Pointer[Settings]

	telling  sync.Mutex // one at a time and in the order of revisions
	told     int64
	listener func(enabled bool)
}

// New makes the service. Start must follow before it is used.
func New(db *store.DB, pins Pins) *Service {
	return &Service{db: db, pins: pins, listener: func(bool) {}}
}

// Start writes down what is pinned, so that every reader of the row sees it, and reads the settings.
func (s *Service) Start(ctx context.Context) error {
	var pinned *bool
	if s.pins.Websockets != nil {
		pinned = &s.pins.Websockets.On
	}
	var now Settings
	err := s.db.Write(ctx, func(tx *gorm.DB) (err error) {
		if err := tx.Exec(`UPDATE settings SET websockets_pinned = ?`, pinned).Error; err != nil {
			return store.Fault(err, "setting")
		}
		now, err = s.Current(tx)
		return err
	})
	s.current.Store(&now)
	s.told = now.Revision
	return err
}

// Cached are the settings as they were last read or changed here, without asking the database.
func (s *Service) Cached() Settings { return *s.current.Load() }

// OnChange tells fn now, and after every change, whether WebSockets are on. There is one listener.
func (s *Service) OnChange(fn func(enabled bool)) {
	s.telling.Lock()
	defer s.telling.Unlock()
	s.listener = fn
	fn(s.Cached().WebsocketsEnabled)
}

// tell passes a committed change on. Of two that arrive in the wrong order the older one is dropped.
func (s *Service) tell(now Settings) {
	s.telling.Lock()
	defer s.telling.Unlock()
	if now.Revision <= s.told {
		return
	}
	s.told = now.Revision
	s.current.Store(&now)
	s.listener(now.WebsocketsEnabled)
}

// Current reads the settings on the snapshot of tx.
func (s *Service) Current(tx *gorm.DB) (Settings, error) {
	var v Settings
	var by struct {
		ID           *int64
		Name, Handle *string
	}
	row := tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context, `
		SELECT coalesce(s.websockets_pinned, s.websockets_enabled), s.realtime_fallback, s.revision, s.changed_at, u.id, u.name, u.handle
		FROM settings s LEFT JOIN users u ON u.id = s.changed_by`)
	err := row.Scan(&v.WebsocketsEnabled, &v.RealtimeFallback, &v.Revision, &v.ChangedAt, &by.ID, &by.Name, &by.Handle)
	if err != nil {
		return Settings{}, store.Fault(err, "setting")
	}
	if by.ID != nil {
		v.ChangedBy = &access.Person{ID: *by.ID, Name: *by.Name, Handle: *by.Handle}
	}
	if s.pins.Websockets != nil {
		v.Pinned.WebsocketsEnabled = &s.pins.Websockets.By
	}
	return v, nil
}

// Get reads the settings and from where to follow them. Only admins may.
func (s *Service) Get(ctx context.Context, a access.Actor) (v Settings, at events.Position, err error) {
	err = s.db.Read(ctx, func(tx *gorm.DB) (err error) {
		if err := access.Administer.Check(a.Role); err != nil {
			return err
		}
		if v, err = s.Current(tx); err != nil {
			return err
		}
		at, err = events.Here(tx)
		return err
	})
	return v, at, err
}

// Change changes settings at once and for good. Only admins may; Conflict for a pinned one, Stale when revision is not the
// current one. Emits settings.changed and tells the listener; a change to what is already so does neither.
func (s *Service) Change(ctx context.Context, a access.Actor, revision int64, e Edit) (v Settings, at events.Position, err error) {
	if err := e.validate(); err != nil {
		return Settings{}, at, err
	}
	err = s.db.Write(ctx, func(tx *gorm.DB) error {
		if err := access.Administer.Check(a.Role); err != nil {
			return err
		}
		was, err := s.Current(tx)
		if err != nil {
			return err
		}
		if e.WebsocketsEnabled != nil && s.pins.Websockets != nil {
			return errs.New(errs.Conflict, "This is set by %s. Change it there and start Galley again.", s.pins.Websockets.By)
		}
		if was.Revision != revision {
			return &errs.Error{Code: errs.Stale, Message: "The settings were changed in between. Look at what stands now.", Current: was}
		}
		if v, err = s.apply(tx, a, was, e); err != nil {
			return err
		}
		at, err = events.Here(tx)
		return err
	})
	if err != nil {
		return Settings{}, at, err
	}
	s.tell(v)
	return v, at, nil
}

func (s *Service) apply(tx *gorm.DB, a access.Actor, was Settings, e Edit) (Settings, error) {
	if e.WebsocketsEnabled == nil || *e.WebsocketsEnabled == was.WebsocketsEnabled {
		return was, nil // the fall-back has one value, so nothing else can differ
	}
	done := tx.Exec(`UPDATE settings SET websockets_enabled = ?, revision = revision + 1, changed_at = ?, changed_by = nullif(?, 0) WHERE revision = ?`,
		*e.WebsocketsEnabled, store.Now(tx), a.UserID, was.Revision)
	if done.Error != nil {
		return Settings{}, store.Fault(done.Error, "setting")
	}
	v, err := s.Current(tx)
	if err != nil {
		return Settings{}, err
	}
	err = events.Append(tx, events.Change{Topic: events.Site, Type: events.SettingsChanged, Subject: "settings", Actor: a},
		changed{v.WebsocketsEnabled, v.RealtimeFallback, v.Revision})
	if err != nil {
		return Settings{}, err
	}
	return v, audit.Add(tx, a, audit.SettingsChanged, "settings", audit.Detail{Changes: audit.Differences(
		audit.Change{Field: "websockets_enabled", Before: was.WebsocketsEnabled, After: v.WebsocketsEnabled},
	)})
}
