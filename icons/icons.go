// Package icons holds the icon of every state that a lock can be in, in the
// format that the tray and the notifications of this system want.
//
// A state is told by its shape; colour only helps. The files are drawn by a
// program (go generate ./icons), and a test proves that they are what it
// draws. The package knows nothing of locks: who uses it maps its states to a
// Kind. Each system's binary carries its own files only.
package icons

import "embed"

//go:generate go run ./draw -dir .

// Kind is what an icon says. The zero value, and any number that is no Kind,
// is Unknown.
type Kind uint8

// The kinds are the states of a lock, by the same names.
const (
	Unknown       Kind = iota // a question mark in a ring
	Unlocked                  // an open padlock
	HeldHere                  // a closed padlock
	HeldElsewhere             // a closed padlock behind a monitor
	Stale                     // a padlock broken in two
	Contested                 // two padlocks, one with an exclamation mark
	Corrupt                   // a padlock with a question mark cut out
)

// names are the kinds' names, and those of their files.
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
// template, a PNG of 32 px (16 points on a Retina display) in black and alpha,
// to which the system gives the colour of the menu bar. The bytes are never
// empty, and the caller may keep them.
func Tray(k Kind) []byte { return read(tray, trayDir, k, trayExt) }

// Notification returns a PNG of 64 px in colour with smooth edges, on every
// system: the notification library makes what it needs from it.
func Notification(k Kind) []byte { return read(notifications, "notification/", k, ".png") }

//go:embed notification/*.png
var notifications embed.FS

// read returns one embedded file. It panics where there is none; a test walks
// all kinds.
func read(files embed.FS, dir string, k Kind, ext string) []byte {
	data, err := files.ReadFile(dir + k.String() + ext)
	if err != nil {
		panic("icons: " + err.Error())
	}
	return data
}
