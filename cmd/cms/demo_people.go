package main

import (
	"context"
	"io"

	"galley/access"
	"galley/users"
)

// demoPerson is somebody of the invented Merrow Coast Line. The passwords are known to everybody who reads this: the demo is
// for trying things out on one's own machine.
type demoPerson struct {
	name, email string
	role        access.Role
	password    string
}

var demoPeople = []demoPerson{
	{"Maren Oduya", "maren@merrow.example", access.Admin, "harbour-lantern-7"},
	{"Anna Vale", "anna@merrow.example", access.Editor, "morning-ferry-12"},
	{"Tomas Brekke", "tomas@merrow.example", access.Editor, "signal-box-north"},
	{"Priya Nair", "priya@merrow.example", access.Editor, "tide-table-spring"},
	{"Ilse Kortwijk", "ilse@merrow.example", access.Reviewer, "ticket-punch-88"},
	{"Jonas Ekholt", "jonas@merrow.example", access.Reviewer, "quiet-carriage-3"},
}

// demoPeople lets the newsroom in where nobody is there yet, and tells how to sign in as each.
func (a *App) demoPeople(ctx context.Context, out io.Writer) error {
	known, _, err := a.users.List(ctx, access.System, 1, 0)
	if err != nil {
		return err
	}
	if len(known) == 0 {
		for _, p := range demoPeople {
			if _, err := a.users.Add(ctx, access.System, users.NewPerson{Name: p.name, Email: p.email, Role: p.role, Password: p.password}); err != nil {
				return err
			}
		}
	}
	for _, p := range demoPeople {
		if err := printRow(out, p.role, p.email, p.password); err != nil {
			return err
		}
	}
	return nil
}
