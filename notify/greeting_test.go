package notify

import (
	"strings"
	"testing"
	"unicode/utf8"

	"lockbar/icons"
)

// TestGreetingIsOwedUntilTold, across restarts; what an earlier version left owes none.
func TestGreetingIsOwedUntilTold(t *testing.T) {
	again := func(d Decider) Decider {
		data, err := Told{Decider: d}.Encode()
		if err != nil {
			t.Fatal(err)
		}
		told, err := DecodeTold(data)
		if err != nil {
			t.Fatal(err)
		}
		return told.Decider
	}
	owing := again(Decider{}.OweGreeting())
	if !owing.OwesGreeting() || again(owing.Greeted()).OwesGreeting() || again(Decider{}).OwesGreeting() {
		t.Error("it is owed exactly from OweGreeting to Greeted")
	}
}

func TestGreetingPromisesOnlyWhatIsThere(t *testing.T) {
	plain, offer := Greeting("~/a", "Held by b", 1, "the panel", icons.HeldHere, false), Greeting("~/a", "Held by b", 2, "the panel", icons.HeldHere, true)
	if len(plain.Buttons) != 0 || strings.Contains(plain.Body, LoginLabel) || plain.Plain != "" {
		t.Errorf("%+v", plain)
	}
	if len(offer.Buttons) != 1 || strings.Contains(offer.Plain, " here") || !strings.HasSuffix(offer.Title, "stores") || utf8.RuneCountInString(offer.Title) > 40 {
		t.Errorf("%+v", offer)
	}
}
