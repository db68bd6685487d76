package notify

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"lockbar/icons"
	"lockbar/internal/testfs"
)

// TestFlagsOutliveARestart checks that the next process knows whether the greeting is due, and whether a panel is missing.
func TestFlagsOutliveARestart(t *testing.T) {
	for _, d := range []Decider{{}, {GreetingDue: true}, {PanelMissing: true}} {
		data, err := Saved{Decider: d}.Encode()
		testfs.Check(t, err)
		if saved, err := DecodeSaved(data); err != nil || !reflect.DeepEqual(saved.Decider, d) {
			t.Errorf("%+v became %+v, %v", d, saved.Decider, err)
		}
	}
}

// TestGreetingOnItsWayIsNotKept checks that an app that is killed before it knows that the greeting was shown does not greet again. A
// failed greeting waits.
func TestGreetingOnItsWayIsNotKept(t *testing.T) {
	now := time.Now()
	var o Outbox
	for _, slot := range []string{GreetingSlot, "store"} {
		o = o.Put(now, Order{Slot: slot, Message: Message{Title: slot}})
	}
	slots := func(o Outbox) (list []string) {
		for _, l := range o.kept() {
			list = append(list, l.Slot)
		}
		return list
	}
	sent, due := o.Take(now, false)
	failed := sent.Report(due[0].ID, Handle{}, false, now)
	shown := sent.Report(due[0].ID, Handle{"a", 1}, true, now)
	for name, test := range map[string]struct {
		Outbox
		want []string
	}{
		"waits":  {o, []string{GreetingSlot, "store"}},
		"sent":   {sent, []string{"store"}},
		"failed": {failed, []string{GreetingSlot, "store"}},
		"shown":  {shown, []string{"store", GreetingSlot}},
	} {
		if got := slots(test.Outbox); !slices.Equal(got, test.want) {
			t.Errorf("%s: kept %q, want %q", name, got, test.want)
		}
	}
}

func TestGreetingOffersOnlyItsButtons(t *testing.T) {
	plain, offer := Greeting("~/a", "Held by b", 1, "the panel", icons.HeldHere, false), Greeting("~/a", "Held by b", 2, "the panel", icons.HeldHere, true)
	if len(plain.Buttons) != 0 || strings.Contains(plain.Body, LoginLabel) || plain.Plain != "" {
		t.Errorf("%+v", plain)
	}
	if len(offer.Buttons) != 1 || strings.Contains(offer.Plain, " here") || !strings.HasSuffix(offer.Title, "stores") || utf8.RuneCountInString(offer.Title) > 40 {
		t.Errorf("%+v", offer)
	}
}
