package notify

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// This file decides what UserNotifications of macOS is asked, and what its answers mean. native_darwin.go does the asking.

// ErrDenied says that the user switched Lockbar's notifications off. No other way of delivery is tried then.
var ErrDenied = errors.New("notify: macOS shows no notifications of Lockbar: they are switched off in System Settings > Notifications")

// errUnanswered says that macOS has asked the user, who has not answered yet.
var errUnanswered = errors.New("notify: macOS asked whether Lockbar may send notifications and has no answer yet")

// macService is the Service of a Handle. It is the same in every process: macOS keeps messages when Lockbar ends.
const macService = "UserNotifications"

// macSignature is what macOS says about the running program.
type macSignature struct {
	inApp bool   // it runs from an application bundle
	known bool   // the signature could be read
	flags uint32 // SecCodeSignatureFlags
	team  bool   // it names a team, which a certificate of Apple's does
}

// adHoc is kSecCodeSignatureAdhoc.
const adHoc = 0x2

// suffices reports whether UserNotifications can be used. It throws an exception outside of a bundle, and refuses an ad-hoc
// signature with the same error as a user does.
func (s macSignature) suffices() bool { return s.inApp && s.known && s.team && s.flags&adHoc == 0 }

// macStatus is a UNAuthorizationStatus.
type macStatus int32

const (
	macUnusable   macStatus = iota - 1 // no status of Apple's
	macUnasked                         // nobody was asked, or has not answered
	macDenied                          // the user said no
	macAuthorized                      // the user said yes
)

// permission returns why nothing can be shown, or nil. The error of the request alone does not tell a user's no from other failures.
func permission(granted bool, status macStatus, said string) error {
	switch {
	case granted:
		return nil
	case status == macDenied:
		return ErrDenied
	case said != "":
		return fmt.Errorf("%w: %s", errNoNative, said)
	}
	return errUnanswered
}

// statusAfter is what an answer says about the next message.
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

// macRequestOf encodes a letter. An urgent one is not marked as time-sensitive: that needs an entitlement, which needs a provisioning
// profile. A Focus therefore holds it back unless the user lets Lockbar through.
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
		panic(err) // strings and a bool
	}
	return data
}

// macCategory names a set of buttons by what they do and say, so that a category never changes. A message without buttons has none.
//
// No category asks for dismissals to be told. For that macOS would start Lockbar after it was quit; and a dismissed message needs nothing:
// its fact may still replace or withdraw it.
func macCategory(actions []macAction) string {
	var name strings.Builder
	for _, a := range actions {
		fmt.Fprintf(&name, "%s %s\n", a.ID, a.Title)
	}
	return name.String()
}

// macPrefix begins the identifiers of our requests.
const macPrefix = "letter-"

// macID returns the identifier of a letter's request. Each letter has its own, also after a restart, so that a Handle, which outlives
// the process, names one message for ever. What Show shows has no letter's ID but 0, and the newer message replaces the older one.
func macID(letter int) string { return macPrefix + strconv.Itoa(letter) }

// macEvents returns what a response of the user means. An empty action is a click beside the buttons. macOS takes the message away with
// every response.
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
