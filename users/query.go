package users

import (
	"gorm.io/gorm"

	"galley/access"
	"galley/errs"
	"galley/events"
	"galley/store"
)

// Session is who is signed in, as their own browser sees it, with where they stand: everything that the frame of each page needs.
type Session struct {
	ID              int64           `json:"id"`
	Name            string          `json:"name"`
	Handle          string          `json:"handle"`
	Email           string          `json:"email"`
	Role            string          `json:"role"`
	TimeZone        string          `json:"time_zone"`
	May             access.May      `json:"may"`
	ActiveProjectID *int64          `json:"active_project_id"`
	ActiveProject   *ActiveProject  `json:"active_project"`
	Realtime        Realtime        `json:"realtime"`
	Unread          int             `json:"unread"`
	Setup           bool            `json:"setup"`
	Position        events.Position `json:"position"`
	Topic           string          `json:"topic"`
}

// ActiveProject is the project that a person's edits join.
type ActiveProject struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// Realtime is how the browser hears of changes: websocket, or manual where an admin has switched WebSockets off.
type Realtime struct {
	Mode string `json:"mode"`
}

// Setup is the answer to who I am while there is no admin yet.
type Setup struct {
	Setup    bool     `json:"setup"`
	Realtime Realtime `json:"realtime"`
}

// SessionOf reads the actor's Session on the snapshot of tx. A project that they may no longer see is not their active one.
func SessionOf(tx *gorm.DB, a access.Actor) (Session, error) {
	var v Session
	var project *string
	row := tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context, `
		SELECT u.id, u.name, u.handle, u.email, u.role, u.time_zone, p.id, p.name,
		  (SELECT count(*) FROM notifications n WHERE n.user_id = u.id AND n.read_at IS NULL)
		FROM users u
		LEFT JOIN projects p ON p.id = u.active_project_id AND (p.visibility = 'everyone' OR u.role = 'admin' OR p.owner_id = u.id
		  OR EXISTS (SELECT 1 FROM members m WHERE m.project_id = p.id AND m.user_id = u.id))
		WHERE u.id = ?`, a.UserID)
	err := row.Scan(&v.ID, &v.Name, &v.Handle, &v.Email, &v.Role, &v.TimeZone, &v.ActiveProjectID, &project, &v.Unread)
	if err != nil {
		return Session{}, store.Fault(err, "person")
	}
	if project != nil {
		v.ActiveProject = &ActiveProject{ID: *v.ActiveProjectID, Name: *project}
	}
	role, _ := access.ParseRole(v.Role)
	v.May = access.May{"create_project": access.CreateProject.Allow(role), "settings": access.Administer.Allow(role), "people": access.ManagePeople.Allow(role)}
	v.Topic = events.Self
	if v.Realtime, err = realtimeMode(tx); err != nil {
		return Session{}, err
	}
	v.Position, err = events.Here(tx)
	return v, err
}

func realtimeMode(tx *gorm.DB) (Realtime, error) {
	enabled := false
	row := tx.Statement.ConnPool.QueryRowContext(tx.Statement.Context, `SELECT coalesce(websockets_pinned, websockets_enabled) FROM settings`)
	if err := row.Scan(&enabled); err != nil {
		return Realtime{}, store.Fault(err, "setting")
	}
	if enabled {
		return Realtime{Mode: "websocket"}, nil
	}
	return Realtime{Mode: "manual"}, nil
}

// setupOf is Setup while there is no admin, and Unauthenticated afterwards.
func setupOf(tx *gorm.DB) (Setup, error) {
	exists, err := hasAdmin(tx)
	if err != nil {
		return Setup{}, err
	}
	if exists {
		return Setup{}, errs.New(errs.Unauthenticated, "Sign in first.")
	}
	mode, err := realtimeMode(tx)
	return Setup{Setup: true, Realtime: mode}, err
}

func hasAdmin(tx *gorm.DB) (bool, error) {
	var exists bool
	err := tx.Raw(`SELECT EXISTS (SELECT 1 FROM users WHERE role = 'admin')`).Scan(&exists).Error
	return exists, store.Fault(err, "person")
}
