package notify

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// This file makes the requests to macOS's UserNotifications, and interprets the answers. native_darwin.go makes the calls.

// ErrDenied means that the user switched Lockbar's notifications off. Then no other way of delivery is tried.
var ErrDenied = errors.New("notify: Lockbar's notifications are switched off in System Settings > Notifications")

// errUnanswered means that macOS has asked the user, who has not answered yet.
var errUnanswered = errors.New("notify: macOS asked whether Lockbar may send notifications and has no answer yet")

// macService is the Service of a Handle. It is the same in every process: macOS keeps messages when Lockbar ends.
const macService = "UserNotifications"

// macSignature holds what macOS reports about the running program.
type macSignature struct {
	inApp bool   // it runs from an application bundle
	known bool   // the signature could be read
	flags uint32 // SecCodeSignatureFlags
	team  bool   // the signature names a team, as those with a certificate of Apple do
}

// adHoc is kSecCodeSignatureAdhoc.
const adHoc = 0x2

// suffices reports whether UserNotifications can be used. That framework throws an exception outside of a bundle, and rejects an ad-hoc
// signature with the same error as for a user's refusal.
func (s macSignature) suffices() bool { return s.inApp && s.known && s.team && s.flags&adHoc == 0 }

// macStatus is a UNAuthorizationStatus.
type macStatus int32

const (
	macUnusable   macStatus = iota - 1 // not one of Apple's values
	macUnasked                         // the user was not asked, or has not answered
	macDenied                          // the user refused
	macAuthorized                      // the user agreed
)

// permission returns an error that says why nothing can be shown, or nil. The text of the request's error alone does not tell a user's
// refusal from other failures.
func permission(granted bool, status macStatus, text string) error {
	switch {
	case granted:
		return nil
	case status == macDenied:
		return ErrDenied
	case text != "":
		return fmt.Errorf("%w: %s", errNoNative, text)
	}
	return errUnanswered
}

// statusAfter returns the status that the result of permission implies for the next message.
func statusAfter(err error) macStatus {
	switch {
	case err == nil:
		return macAuthorized
	case errors.Is(err, ErrDenied):
		return macDenied
	case errors.Is(err, errNoNative):
		return macUnusable
	}
	return macUnasked
}

// macRequest is a UNNotificationRequest with its category, as JSON for native_darwin.m.
type macRequest struct {
	ID       string      `json:"id"`
	Replaces string      `json:"replaces"` // removed once this one is shown; empty for none
	Title    string      `json:"title"`
	Body     string      `json:"body"`
	Sound    bool        `json:"sound"`
	Category string      `json:"category"` // empty for none
	Actions  []macAction `json:"actions"`
}

type macAction struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// macRequestOf encodes a letter. It does not mark an urgent letter as time-sensitive, since that needs an entitlement, which needs a
// provisioning profile. So a Focus holds an alarm back unless the user allows Lockbar in it.
func macRequestOf(l Letter) []byte {
	m := escape("darwin", l.Message)
	r := macRequest{ID: macID(l.ID), Title: m.Title, Body: m.Body, Sound: m.Urgent, Actions: []macAction{}}
	if old := l.Replaces; old.Service == macService && macID(int(old.ID)) != r.ID {
		r.Replaces = macID(int(old.ID))
	}
	for _, b := range m.Buttons {
		r.Actions = append(r.Actions, macAction{string(b.Do), printable(b.Label, maxTitle)})
	}
	r.Category = macCategory(r.Actions)
	data, err := json.Marshal(r)
	if err != nil {
		panic(err) // cannot happen: strings and a bool
	}
	return data
}

// macCategory returns the name of a set of buttons. It consists of their actions and labels, so that a category never changes. It is
// empty for a message without buttons.
//
// No category requests reports of dismissals. To report one, macOS would start Lockbar after the user has quit it. And a dismissal needs
// no handling: replacing or withdrawing a dismissed message does no harm.
func macCategory(actions []macAction) string {
	var name strings.Builder
	for _, a := range actions {
		fmt.Fprintf(&name, "%s %s\n", a.ID, a.Title)
	}
	return name.String()
}

// macPrefix begins the identifiers of our requests.
const macPrefix = "letter-"

// macID returns the identifier of a letter's request. No two letters share one, even after a restart, because a Handle outlives the
// process and must always name the same message. The messages of Show share the ID 0, so a newer one replaces an older one.
func macID(letter int) string { return macPrefix + strconv.Itoa(letter) }

// macEvents returns the events of a user's response. An empty action means a click beside the buttons. On every response macOS removes
// the message.
func macEvents(request, action string) []DesktopEvent {
	digits, ours := strings.CutPrefix(request, macPrefix)
	id, err := strconv.ParseUint(digits, 10, 32)
	if !ours || err != nil {
		return nil
	}
	h := Handle{Service: macService, ID: uint32(id)}
	closed := DesktopEvent{Handle: h, Closed: true}
	if action == "" {
		return []DesktopEvent{closed}
	}
	return []DesktopEvent{{Handle: h, Button: Letter{ID: int(id)}.Key(Button{Do: ButtonAction(action)})}, closed}
}
