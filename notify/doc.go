// Package notify decides which messages about a store the user gets, words them, and sends them to the desktop.
//
// The Decider is a pure state machine: facts and the time in, orders out. An order sets what one slot of the desktop shows from now on: a
// message, or nothing. The Outbox keeps the messages that the desktop has not accepted yet, and remembers what the desktop shows. The
// Sender delivers: natively if the system has a service that replaces and withdraws messages and shows buttons, else by beeep in a child
// process that is killed after a deadline. The package knows nothing of the tray. It writes only one kind of file, the pictures that
// Windows reads from the disk; beeep may write temporary ones.
package notify

import (
	"cmp"

	"lockbar/icons"
)

// Message is one notification. A Message without a title means that a slot shows nothing.
type Message struct {
	Title  string     `json:"title"`
	Body   string     `json:"body"`
	Urgent bool       `json:"urgent"` // data is at risk now: the message stays until it is dismissed or the danger is over, if the desktop can
	Icon   icons.Kind `json:"icon"`
	// Buttons are shown if the desktop can show them. Otherwise Plain, if it is not empty, replaces Body: it names the menu instead of
	// the buttons.
	Buttons []Button `json:"buttons,omitempty"`
	Plain   string   `json:"plain,omitempty"`
	// Instead is the message that this one, a question, replaces. It is saved in place of the question, and shown if the question cannot
	// be shown.
	Instead *Message `json:"-"`
}

// IsZero reports whether there is no message.
func (m Message) IsZero() bool { return m.Title == "" }

// withoutButtons returns the message for a desktop that cannot show buttons.
func (m Message) withoutButtons() Message {
	m.Body, m.Plain, m.Buttons = cmp.Or(m.Plain, m.Body), "", nil
	return m
}

// Button describes a button of a message.
type Button struct {
	Do    ButtonAction `json:"do"`
	Label string       `json:"label"`
	Store string       `json:"store"`          // the identity of the store; empty for StartAtLogin
	Lock  string       `json:"lock,omitempty"` // what it acts on: LockName, CopiesName, the path of a backup, or a process
}

// ButtonAction names the effect of a click on a button.
type ButtonAction string

const (
	ForceUnlock  ButtonAction = "force-unlock" // may have to be confirmed
	RemoveLock   ButtonAction = "remove-lock"  // confirmed
	Cancel       ButtonAction = "cancel"
	Undo         ButtonAction = "undo"
	SetAside     ButtonAction = "set-aside"
	CopyCommand  ButtonAction = "copy-command"
	StartAtLogin ButtonAction = "start-at-login"
	StopDaemon   ButtonAction = "stop-daemon" // its process is in Button.Lock
)
