//go:build linux

package testdesk

import (
	"fmt"
	"slices"
	"time"

	"github.com/godbus/dbus/v5"
)

// Notification is one call of Notify.
type Notification struct {
	ID         uint32 // as returned to the caller
	App        string
	ReplacesID uint32
	Icon       string
	Summary    string
	Body       string
	Actions    []string // key, label, key, label, ...
	Hints      map[string]dbus.Variant
	Timeout    int32  // in milliseconds; -1 leaves it to the service, 0 means never
	Sender     string // the caller's unique bus name
	Received   time.Time
}

// The urgency levels of the protocol.
const (
	Low byte = iota
	Normal
	Critical
)

// Urgency returns the hint "urgency", or Normal if there is none.
func (n Notification) Urgency() byte {
	urgency := Normal
	properties(n.Hints).fill("urgency", &urgency)
	return urgency
}

// Buttons returns the labels of the actions.
func (n Notification) Buttons() (labels []string) {
	for pair := range slices.Chunk(n.Actions, 2) {
		labels = append(labels, pair[len(pair)-1])
	}
	return labels
}

// key returns the key of the button with this key or label.
func (n Notification) key(button string) (key string, ok bool) {
	for pair := range slices.Chunk(n.Actions, 2) {
		if slices.Contains(pair, button) {
			return pair[0], true
		}
	}
	return "", false
}

// String returns the notification in one line, for messages.
func (n Notification) String() string {
	return fmt.Sprintf("#%d %s: %q %q urgency %d", n.ID, n.App, n.Summary, n.Body, n.Urgency())
}

// Reason is the reason for which a notification was closed.
type Reason uint32

// The reasons of the protocol.
const (
	Expired Reason = iota + 1
	Dismissed
	ClosedByCall
)
