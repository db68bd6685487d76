// Package notify decides what a person is told about a store, in which words, and brings it to the desktop.
//
// The decision (Decider) is a pure state machine: facts and the time in, messages out. Delivery (Sender) never blocks its
// caller and lives in a child process that is killed after a deadline, since the notification library has no time-out and
// on Linux would share, and break, the tray's bus connection. The package knows nothing of the tray and of the disk.
package notify

import "lockbar/icons"

// Message is one notification.
type Message struct {
	Title  string     `json:"title"`
	Body   string     `json:"body"`
	Urgent bool       `json:"urgent"` // data is at risk now
	Icon   icons.Kind `json:"icon"`
}
