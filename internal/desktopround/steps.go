//go:build linux

package main

// step is one scene. A step that cannot go on returns an error, which its
// check has reported.
type step struct {
	name string
	play func(*round) error
}

// steps is the scenario.
var steps = []step{
	{"no store", noStore},
	{"store appears", storeAppears},
	{"held here", heldHere},
	{"taken over", takenOver},
	{"force unlock by mouse", forceUnlock},
	{"undo by keys", undo},
	{"holder killed", holderKilled},
	{"notifications hang", notificationsHang},
	{"confirmation", confirmation},
	{"panel restarts", panelRestarts},
	{"many notifications", manyNotifications},
	{"hostile name", hostileName},
	{"bus dies", busDies},
}
