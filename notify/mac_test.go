package notify

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"
)

func TestMacSignatureSuffices(t *testing.T) {
	const hardened = 0x10000
	for _, test := range []struct {
		name string
		s    macSignature
		want bool
	}{
		{"Developer ID", macSignature{inApp: true, known: true, flags: hardened, team: true}, true},
		{"outside of a bundle", macSignature{known: true, flags: hardened, team: true}, false},
		{"ad hoc", macSignature{inApp: true, known: true, flags: hardened | adHoc}, false},
		{"ad hoc with a team", macSignature{inApp: true, known: true, flags: adHoc, team: true}, false},
		{"self-signed", macSignature{inApp: true, known: true}, false},
		{"unsigned", macSignature{inApp: true}, false},
	} {
		if got := test.s.suffices(); got != test.want {
			t.Errorf("%s: %v", test.name, got)
		}
	}
}

func TestMacPermission(t *testing.T) {
	const refused = "Notifications are not allowed for this application"
	for _, test := range []struct {
		name    string
		granted bool
		status  macStatus
		text    string
		want    error
		after   macStatus
		route   Route
	}{
		{"granted", true, macAuthorized, "", nil, macAuthorized, OwnName},
		{"granted, and the settings lag behind", true, macUnasked, "", nil, macAuthorized, OwnName},
		{"denied just now", false, macDenied, "", ErrDenied, macDenied, SwitchedOff},
		{"denied long ago", false, macDenied, refused, ErrDenied, macDenied, SwitchedOff},
		{"cannot ask", false, macUnasked, refused, errNoNative, macUnusable, ScriptEditor},
		{"no answer", false, macUnasked, "", errUnanswered, macUnasked, OwnName},
	} {
		err := permission(test.granted, test.status, test.text)
		if !errors.Is(err, test.want) || statusAfter(err) != test.after || routeOn("darwin", statusAfter(err)) != test.route {
			t.Errorf("%s: %v, then %v by %v", test.name, err, statusAfter(err), routeOn("darwin", statusAfter(err)))
		}
	}
	if got := routeOn("linux", macUnusable); got != DefaultRoute {
		t.Errorf("Linux: %v", got)
	}
}

func TestMacRequest(t *testing.T) {
	buttons := []Button{{Do: ForceUnlock, Label: "Force\u202e Unlock", Lock: "/s/.locked"}, {Do: Cancel, Label: "Cancel"}}
	actions := []macAction{{"force-unlock", "Force Unlock"}, {"cancel", "Cancel"}}
	shown := Handle{Service: macService, ID: 3}
	for _, test := range []struct {
		name   string
		letter Letter
		want   macRequest
	}{
		{"plain", Letter{ID: 4, Message: Message{Title: "T", Body: "B", Plain: "P"}},
			macRequest{ID: "letter-4", Title: "T", Body: "B", Actions: []macAction{}}},
		{"urgent, with buttons", Letter{ID: 4, Message: Message{Title: "T", Body: "B\n", Urgent: true, Buttons: buttons}, Replaces: shown},
			macRequest{ID: "letter-4", Replaces: "letter-3", Title: "T", Body: "B", Sound: true,
				Category: "force-unlock Force Unlock\ncancel Cancel\n", Actions: actions}},
		{"replaces itself", Letter{ID: 3, Message: Message{Title: "T"}, Replaces: shown},
			macRequest{ID: "letter-3", Title: "T", Actions: []macAction{}}},
		{"replaces a message of another service", Letter{ID: 3, Message: Message{Title: "T"}, Replaces: Handle{Service: ":1.7", ID: 9}},
			macRequest{ID: "letter-3", Title: "T", Actions: []macAction{}}},
	} {
		var got macRequest
		if err := json.Unmarshal(macRequestOf(test.letter), &got); err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s:\n got %+v, %v\nwant %+v", test.name, got, err, test.want)
		}
	}
}

func TestMacEvents(t *testing.T) {
	h := Handle{Service: macService, ID: 12}
	closed := DesktopEvent{Handle: h, Closed: true}
	key := Letter{ID: 12}.Key(Button{Do: Undo})
	for _, test := range []struct {
		request, action string
		want            []DesktopEvent
	}{
		{"letter-12", "", []DesktopEvent{closed}},
		{"letter-12", string(Undo), []DesktopEvent{{Handle: h, Button: key}, closed}},
		{"letter-x", string(Undo), nil},
		{"letter--1", "", nil},
		{"letter-99999999999", "", nil},
		{"stranger", "", nil},
		{"", "", nil},
	} {
		if got := macEvents(test.request, test.action); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%q, %q: %v", test.request, test.action, got)
		}
	}
}
