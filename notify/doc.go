// Package notify decides what a person is told about a store, in which words, and brings it to the desktop.
//
// The decision (Decider) is a pure state machine: facts and the time in, orders out. An order says what one slot of the desktop shows
// from now on: a message, or nothing any more. The Outbox, a value too, keeps what the desktop has not taken yet, and knows what it
// shows. The Sender delivers: natively where the system has a service that replaces and withdraws messages and shows buttons, else by
// beeep in a child process that is killed after a deadline. The package knows nothing of the tray. Of the disk it needs one place, for the pictures that Windows reads from files.
package notify

import (
	"cmp"

	"lockbar/icons"
)

// Message is one notification. A message without a title is none: it stands for what a slot no longer shows.
type Message struct {
	Title  string     `json:"title"`
	Body   string     `json:"body"`
	Urgent bool       `json:"urgent"` // data is at risk now: it stays until it is dismissed or over
	Icon   icons.Kind `json:"icon"`
	// Buttons are shown where the desktop can show them. Elsewhere the body is Plain, if there is one: it says where the same can be
	// clicked.
	Buttons []Button `json:"buttons,omitempty"`
	Plain   string   `json:"plain,omitempty"`
	// Instead is the message in whose place this one asks something. It comes back where the question cannot be shown, and
	// with the next process.
	Instead *Message `json:"-"`
}

// IsZero reports whether there is no message.
func (m Message) IsZero() bool { return m.Title == "" }

// withoutButtons returns the message for where buttons cannot be shown.
func (m Message) withoutButtons() Message {
	m.Body, m.Plain, m.Buttons = cmp.Or(m.Plain, m.Body), "", nil
	return m
}

// Button is what can be clicked in a message.
type Button struct {
	Do    ButtonAction `json:"do"`
	Label string       `json:"label"`
	Store string       `json:"store"`          // its identity
	Lock  string       `json:"lock,omitempty"` // the lock, backup or copies that it acts on, by LockName or CopiesName
}

// ButtonAction is what a button asks for.
type ButtonAction string

const (
	ForceUnlock  ButtonAction = "force-unlock" // may have to be confirmed
	RemoveLock   ButtonAction = "remove-lock"  // confirmed
	Cancel       ButtonAction = "cancel"
	Undo         ButtonAction = "undo"
	SetAside     ButtonAction = "set-aside"
	CopyCommand  ButtonAction = "copy-command"
	StartAtLogin ButtonAction = "start-at-login"
	StopDaemon   ButtonAction = "stop-daemon" // the one that the tray names in Button.Lock
)
