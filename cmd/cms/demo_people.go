package main

import "galley/access"

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
	{"Sam Teague", "sam@merrow.example", access.Editor, "platform-clock-6"},
	{"Ilse Kortwijk", "ilse@merrow.example", access.Reviewer, "ticket-punch-88"},
	{"Jonas Ekholt", "jonas@merrow.example", access.Reviewer, "quiet-carriage-3"},
}
