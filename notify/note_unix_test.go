//go:build unix && !darwin

package notify

import (
	"slices"
	"testing"

	"github.com/esiqveland/notify"
	"github.com/godbus/dbus/v5"

	"lockbar/icons"
)

func TestBodyFitsTheService(t *testing.T) {
	m := Message{Body: "-<b>\\n & \"x\"\n", Plain: "Use the <menu>."}
	for _, test := range []struct {
		can  capabilities
		want string
	}{
		{capabilities{markup: true, actions: true}, `-&lt;b&gt;\n &amp; "x"`},
		{capabilities{actions: true}, `-‹b›\n & "x"`},
		{capabilities{markup: true}, "Use the &lt;menu&gt;."},
		{capabilities{}, "Use the ‹menu›."},
	} {
		if got := note(Letter{Message: m}, test.can).Body; got != test.want {
			t.Errorf("%+v: %q, want %q", test.can, got, test.want)
		}
	}
	if got := note(Letter{Message: Message{Body: "x"}}, capabilities{}).Body; got != "x" {
		t.Errorf("without a plain text: %q", got)
	}
}

func TestNoteHints(t *testing.T) {
	for _, urgent := range []bool{false, true} {
		n := note(Letter{Message: Message{Title: "<b>", Urgent: urgent, Icon: icons.Stale}}, capabilities{markup: true})
		_, loud := n.Hints["sound-name"]
		never := n.ExpireTimeout == notify.ExpireTimeoutNever
		if n.Summary != "<b>" || loud != urgent || never != urgent || (n.Hints["urgency"].Value() == byte(2)) != urgent {
			t.Errorf("urgent %v: %+v", urgent, n)
		}
		if got := n.Hints["image-data"].Signature().String(); got != "(iiibiiay)" {
			t.Errorf("picture %q", got)
		}
	}
}

func TestParseSignal(t *testing.T) {
	const owner = ":1.7"
	signal := func(change func(*dbus.Signal), name string, body ...any) *dbus.Signal {
		s := &dbus.Signal{Sender: owner, Path: servicePath, Name: serviceName + "." + name, Body: body}
		if change != nil {
			change(s)
		}
		return s
	}
	stranger := func(s *dbus.Signal) { s.Sender = ":1.8" }
	elsewhere := func(s *dbus.Signal) { s.Path = "/" }
	id := uint32(3)
	for _, test := range []struct {
		s    *dbus.Signal
		want DesktopEvent
	}{
		{signal(nil, "ActionInvoked", id, "undo#1"), DesktopEvent{Handle: Handle{ID: id}, Button: "undo#1"}},
		{signal(nil, "NotificationClosed", id, uint32(1)), DesktopEvent{Handle: Handle{ID: id}, Closed: true}},
		{signal(nil, "NotificationClosed", id, uint32(4)), DesktopEvent{Handle: Handle{ID: id}, Closed: true}},
		{signal(nil, "NotificationClosed", id, closedByCall), DesktopEvent{}},
		{signal(nil, "NotificationClosed", id, "x"), DesktopEvent{}},
		{signal(nil, "NotificationClosed", id), DesktopEvent{}},
		{signal(nil, "ActionInvoked", id, ""), DesktopEvent{}},
		{signal(nil, "ActionInvoked", int64(3), "x"), DesktopEvent{}},
		{signal(nil, "ActionInvoked"), DesktopEvent{}},
		{signal(nil, "NotificationReplied", id, "x"), DesktopEvent{}},
		{signal(stranger, "ActionInvoked", id, "x"), DesktopEvent{}},
		{signal(elsewhere, "ActionInvoked", id, "x"), DesktopEvent{}},
	} {
		e, ok := parseSignal(test.s, owner)
		if ok != (test.want != DesktopEvent{}) || ok && e != test.want {
			t.Errorf("%+v: %+v, %v", test.s, e, ok)
		}
	}
	if _, ok := parseSignal(&dbus.Signal{Path: servicePath, Name: serviceName + ".ActionInvoked", Body: []any{id, "x"}}, ""); ok {
		t.Error("a signal was accepted although there is no service")
	}
}

// TestOldOwnerIsIgnored checks that link ignores an owner that an earlier signal names, after an answer overtook that signal.
func TestOldOwnerIsIgnored(t *testing.T) {
	var appeared []string
	b := &link{bus: "bus", onEvent: func(e DesktopEvent) { appeared = append(appeared, e.Appeared) }}
	b.setOwner(":1.9", 30)
	b.track(":1.9", 1, shownState{since: 31})
	b.setOwner(":1.8", 10)
	b.setOwner("", 20)
	b.setOwner(":1.9", 30)
	if want := []string{"bus/:1.9"}; !slices.Equal(appeared, want) || len(b.shown) != 1 {
		t.Errorf("appeared %q, shown %v", appeared, b.shown)
	}
	b.setOwner("", 40)
	if b.owner != "" || len(b.shown) != 0 {
		t.Errorf("%+v", b)
	}
}

func TestNewOwner(t *testing.T) {
	for _, test := range []struct {
		sender string
		body   []any
		owner  string
		ok     bool
	}{
		{busName, []any{serviceName, "", ":1.3"}, ":1.3", true},
		{busName, []any{serviceName, ":1.3", ""}, "", true},
		{busName, []any{"org.example", "", ":1.3"}, "", false},
		{busName, []any{serviceName, "", 3}, "", false},
		{busName, []any{serviceName}, "", false},
		{":1.3", []any{serviceName, "", ":1.3"}, "", false},
	} {
		s := &dbus.Signal{Sender: test.sender, Name: busName + ".NameOwnerChanged", Body: test.body}
		if owner, ok := newOwner(s); owner != test.owner || ok != test.ok {
			t.Errorf("%+v: %q, %v", s, owner, ok)
		}
	}
}
