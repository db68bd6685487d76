// Package icons holds an icon for every state of a lock, in the formats that
// the tray and the notifications of this system need.
//
// The shape alone tells the state; colour only helps. A program draws the
// files (go generate ./icons), and a test compares them with its drawings. The
// package knows nothing of locks: its user maps a state to a Kind. Of the
// tray's icons a binary contains only those for its own system.
package icons

import "embed"

//go:generate go run ./draw -dir .

// Kind is the meaning of an icon. The zero value, and any number that is no
// Kind, is Unknown.
type Kind uint8

// The kinds are named after the states of a lock.
const (
	Unknown       Kind = iota // a question mark in a ring
	Unlocked                  // an open padlock
	HeldHere                  // a closed padlock
	HeldElsewhere             // a closed padlock behind a monitor
	Stale                     // a padlock broken in two
	Contested                 // two padlocks, one with an exclamation mark
	Corrupt                   // a padlock with a question mark cut out
)

// names lists the kinds' names, which are also those of their files.
var names = [...]string{
	Unknown:       "unknown",
	Unlocked:      "unlocked",
	HeldHere:      "held-here",
	HeldElsewhere: "held-elsewhere",
	Stale:         "stale",
	Contested:     "contested",
	Corrupt:       "corrupt",
}

// String returns the state's name, such as held-here.
func (k Kind) String() string {
	if int(k) < len(names) {
		return names[k]
	}
	return names[Unknown]
}

// Tray returns the tray's icon for this system: a PNG of 22 px with hard edges
// on Linux and the like, an .ico of 16 to 48 px on Windows. On macOS it is a
// template, a PNG of 32 px (16 points on a Retina display) in black and alpha;
// the system gives it the colour of the menu bar. The bytes are never
// empty, and the caller may keep them.
func Tray(k Kind) []byte { return read(tray, trayDir, k, trayExt) }

// Notification returns a PNG of 64 px in colour with smooth edges, the same on
// every system.
func Notification(k Kind) []byte { return read(notifications, "notification/", k, ".png") }

//go:embed notification/*.png
var notifications embed.FS

// read returns one embedded file. It panics if there is none; a test walks all
// kinds.
func read(files embed.FS, dir string, k Kind, ext string) []byte {
	data, err := files.ReadFile(dir + k.String() + ext)
	if err != nil {
		panic("icons: " + err.Error())
	}
	return data
}
