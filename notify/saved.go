package notify

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// savedVersion is the version of the JSON; any other is rejected.
const savedVersion = 2

// Saved holds the state that outlives a restart: which facts were reported, and which are still due.
//
// The caller saves it with each new message before the desktop gets the message, and again when the desktop has accepted it. The Sender
// delivers one message at a time. So a program that is killed at any moment repeats that one at most, and loses none but the greeting or
// an answer to a click. A change that was not saved yet is not lost either: the next process compares its first look with the last saved
// one.
type Saved struct {
	Decider Decider
	Outbox  Outbox
}

// Of returns the state without the memory of other stores.
func (t Saved) Of(stores []string) Saved {
	t.Decider.stores = maps.Clone(t.Decider.stores)
	maps.DeleteFunc(t.Decider.stores, func(s string, _ perStore) bool { return !slices.Contains(stores, s) })
	return t
}

// Watching returns the state without the messages, shown or due, about stores that this process does not watch, since it could never
// withdraw them. A process that watches such a store again reports its facts again.
func (t Saved) Watching(stores []string) Saved {
	watched := func(store string) bool { return slices.Contains(stores, store) }
	for slot, p := range t.Decider.posts {
		t = t.unwatch(slot, p, watched)
	}
	for _, m := range t.Decider.postponed {
		if !watched(m.Store) {
			t.Decider = t.Decider.forgetTold(m.claim)
		}
	}
	t.Decider.postponed = slices.DeleteFunc(slices.Clone(t.Decider.postponed), func(m postponed) bool { return !watched(m.Store) })
	return t
}

// unwatch removes from a post the claims of stores that are not watched, and withdraws it if no claim is left.
func (t Saved) unwatch(slot string, p post, watched func(store string) bool) Saved {
	var left []claim
	for _, c := range p.Claims {
		if watched(c.Store) {
			left = append(left, c)
		} else {
			t.Decider = t.Decider.forgetTold(c)
		}
	}
	p.Claims = left
	t.Decider.posts = with(t.Decider.posts, slot, p)
	if len(left) == 0 {
		delete(t.Decider.posts, slot)
		t.Outbox = t.Outbox.drop(slot)
	}
	return t
}

// savedJSON is the JSON of a Saved.
type savedJSON struct {
	Version   int                 `json:"version"`
	Stores    map[string]perStore `json:"stores"`
	Posts     map[string]post     `json:"posts,omitempty"`
	Postponed []postponed         `json:"missed,omitempty"`
	Gather    time.Time           `json:"gather,omitzero"`
	NoPanel   bool                `json:"no_panel,omitempty"`
	Greeting  bool                `json:"greeting,omitempty"` // still due
	Last      int                 `json:"last,omitempty"`     // the newest letter's ID: none is used again
	Outbox    []*Letter           `json:"outbox,omitempty"`
}

// Encode returns the JSON.
func (t Saved) Encode() ([]byte, error) {
	data, err := json.Marshal(savedJSON{savedVersion, t.Decider.stores, t.Decider.posts, t.Decider.postponed, t.Decider.gather, t.Decider.PanelMissing, t.Decider.GreetingDue, t.Outbox.last, t.Outbox.kept()})
	if err != nil {
		return nil, fmt.Errorf("notify: %w", err)
	}
	return data, nil
}

// DecodeSaved reads what Encode wrote; empty data gives a zero Saved.
func DecodeSaved(data []byte) (Saved, error) {
	if len(data) == 0 {
		return Saved{}, nil
	}
	var f savedJSON
	if err := json.Unmarshal(data, &f); err != nil {
		return Saved{}, fmt.Errorf("notify: %w", err)
	}
	if f.Version != savedVersion {
		return Saved{}, fmt.Errorf("notify: version %d, not %d", f.Version, savedVersion)
	}
	d := Decider{stores: f.Stores, posts: f.Posts, postponed: f.Postponed, gather: f.Gather, PanelMissing: f.NoPanel, GreetingDue: f.Greeting}
	return Saved{d, newOutbox(f.Outbox, f.Last)}, nil
}
