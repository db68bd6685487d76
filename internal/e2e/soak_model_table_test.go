//go:build linux

package e2e

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"lockbar/internal/testdesk"
)

// The PIDs that the stories below give to holders.
const (
	firstPID  = 101
	secondPID = 102
)

// playStory applies the events of a story to the first store, with a quiet point at each "|" and at the end. A word is an
// event's name, with :0 for its other variety and @2 for a second process.
func playStory(t *testing.T, story string) world {
	t.Helper()
	return playOn(t, 0, story)
}

func playOn(t *testing.T, store int, story string) world {
	t.Helper()
	w := newWorld()
	for _, word := range strings.Fields(story) {
		if word == "|" {
			w = settle(w)
			continue
		}
		e := parseWord(t, word)
		e.store = store
		if !fits(w, e, false, true) {
			t.Fatalf("%s cannot happen in %q: %+v", word, story, w.stores[store])
		}
		w = apply(w, e)
	}
	return settle(w)
}

func parseWord(t *testing.T, word string) event {
	t.Helper()
	e := event{n: 1, pid: firstPID}
	name, variety, _ := strings.Cut(word, ":")
	if one, second := strings.CutSuffix(name, "@2"); second {
		name, e.pid = one, secondPID
	}
	if variety == "0" {
		e.n = 0
	}
	if e.kind = kindNamed(name); e.kind == nil {
		t.Fatalf("no event %q", name)
	}
	return e
}

// TestModel tests the display after a story, and the result of a look without memory. With variety 0 the daemon of start writes its
// state file, copy-comes copies the lock itself, the lock of take-over is from the future, no-file makes a pipe, and store-away renames
// the link.
func TestModel(t *testing.T) {
	for _, test := range []struct{ story, shown, status string }{
		{"", "unlocked", "unlocked"},
		{"take-over", "held-elsewhere", "held-elsewhere"},
		{"left-behind", "stale process-gone", "stale process-gone"},
		{"rubbish", "corrupt not-json", "corrupt not-json"},
		{"no-file:0", "unknown not-a-regular-file", "unknown not-a-regular-file"},
		{"no-file", "unknown too-large", "unknown too-large"},
		{"start", "held-here", "held-here"},
		{"start crash", "stale process-gone", "stale process-gone"},
		{"start release", "unlocked", "unlocked"},
		{"start rename-host", "held-here renamed-host", "held-here renamed-host"},
		{"start rename-host crash", "held-elsewhere", "held-elsewhere"},
		{"start rename-host | release", "held-elsewhere", "held-elsewhere"},

		// Another lock while the holder runs: even a look without memory finds the holder.
		{"start | take-over", "contested local-daemon-alive", "contested local-daemon-alive"},
		{"start:0 take-over", "contested local-daemon-alive", "contested local-daemon-alive"},
		{"start | take-over | crash", "held-elsewhere", "held-elsewhere"},
		{"start | take-over | release", "held-elsewhere", "held-elsewhere"},
		{"start | rubbish | take-over", "contested local-daemon-alive", "contested local-daemon-alive"},
		{"start | store-away store-back take-over", "contested local-daemon-alive", "contested local-daemon-alive"},
		{"start | another-store take-over", "contested local-daemon-alive", "contested local-daemon-alive"},
		{"start:0 | another-store", "unlocked or contested lock-missing", "unlocked"},
		{"start | left-behind | take-over", "contested local-daemon-alive", "contested local-daemon-alive"},
		{"start | crash start@2 | take-over", "contested local-daemon-alive", "contested local-daemon-alive"},

		// A missing lock.
		{"start | vanish", "unlocked or contested lock-missing", "unlocked"},
		{"start | vanish | wait-for-missing", "contested lock-missing", "unlocked"},
		{"start | vanish | wait-for-missing | crash", "unlocked", "unlocked"},
		{"start | vanish | wait-for-missing | take-over", "contested local-daemon-alive", "contested local-daemon-alive"},
		{"start:0 | vanish", "contested lock-missing", "contested lock-missing"},

		// Conflict copies.
		{"copy-comes", "unlocked", "unlocked"},
		{"take-over copy-comes", "contested conflict-copy", "contested conflict-copy"},
		{"take-over copy-comes:0", "held-elsewhere", "held-elsewhere"},                      // the copy is of the lock itself
		{"copy-comes take-over:0", "contested conflict-copy", "contested conflict-copy"},    // the lock is from the future
		{"start | copy-comes:0 vanish", "contested lock-missing", "contested lock-missing"}, // the copy names the holder
		{"start copy-comes:0 crash take-over", "held-elsewhere", "held-elsewhere"},          // the copy names a holder that is gone
		{"take-over copy-comes copy-goes", "held-elsewhere", "held-elsewhere"},
		{"take-over copy-comes set-aside", "held-elsewhere", "held-elsewhere"},
		{"start | copy-comes", "contested conflict-copy", "contested conflict-copy"},
		{"start | copy-comes | crash", "contested conflict-copy", "contested conflict-copy"},
		{"start | copy-comes | take-over", "contested local-daemon-alive", "contested local-daemon-alive"},
		{"left-behind copy-comes", "contested conflict-copy", "contested conflict-copy"},
		{"rubbish copy-comes", "corrupt not-json", "corrupt not-json"},

		// Force unlock and its undo.
		{"take-over unlock", "unlocked", "unlocked"},
		{"take-over unlock restore", "held-elsewhere", "held-elsewhere"},
		{"no-file unlock", "unknown too-large", "unknown too-large"},
		{"start | unlock", "unlocked or contested lock-missing", "unlocked"},
		{"start | unlock | click-undo", "", ""}, // not offered: the store may be contested by then
		{"start | unlock | restore", "held-here", "held-here"},
		{"start | unlock crash restore", "stale process-gone", "stale process-gone"},
		{"take-over | unlock | click-undo", "held-elsewhere", "held-elsewhere"},
		{"take-over unlock | click-undo", "held-elsewhere", "held-elsewhere"},       // a watcher may have missed the lock and its removal
		{"take-over | start | release restore", "held-elsewhere", "held-elsewhere"}, // the lock that was taken over

		// The directory.
		{"take-over remove-store", "unknown store-missing", "unknown store-missing"},
		{"take-over remove-store make-store", "unlocked", "unlocked"},
		{"take-over store-away", "unknown store-missing", "unknown store-missing"},
		{"take-over | parent-away | store-back", "held-elsewhere", "held-elsewhere"},
		{"take-over store-away store-back", "held-elsewhere", "held-elsewhere"},
		{"take-over another-store", "unlocked", "unlocked"},
		{"take-over another-store another-store", "held-elsewhere", "held-elsewhere"},
		{"start | store-away release store-back", "stale process-gone", "stale process-gone"}, // the holder found no lock to delete
	} {
		t.Run(test.story, func(t *testing.T) {
			if test.shown == "" {
				refused(t, test.story)
				return
			}
			s := playStory(t, test.story).stores[0]
			var shown []string
			for _, v := range s.views() {
				shown = append(shown, v.words())
			}
			if got := strings.Join(shown, " or "); got != test.shown {
				t.Errorf("shown is %q, want %q", got, test.shown)
			}
			if got := s.look(false).words(); got != test.status {
				t.Errorf("status is %q, want %q", got, test.status)
			}
		})
	}
}

// TestModelOfALink tests that the holder deletes its lock in the directory where the lock was taken, even if the link changed.
func TestModelOfALink(t *testing.T) {
	for _, test := range []struct{ story, shown string }{
		{"start | store-away:0 release store-back", "unlocked"},
		{"start | store-away release store-back", "stale process-gone"}, // the directory is away too
		{"start | another-store release another-store", "unlocked"},
		{"start | another-store crash another-store", "stale process-gone"},
		{"start | another-store store-away release store-back another-store", "unlocked"},
		{"start | remove-store release make-store", "unlocked"},
	} {
		if got := playOn(t, 1, test.story).stores[1].look(false).words(); got != test.shown {
			t.Errorf("%s: %q, want %q", test.story, got, test.shown)
		}
	}
}

func (v view) words() string { return strings.TrimSpace(v.state + " " + v.reason) }

// refused fails the test if the last event of a story can happen.
func refused(t *testing.T, story string) {
	t.Helper()
	at := strings.LastIndexByte(story, ' ')
	if w := playStory(t, story[:at]); fits(w, parseWord(t, story[at+1:]), false, true) {
		t.Errorf("%s can happen", story)
	}
}

// TestBurstsAreSure tests that an event waits for the next burst if the display would depend on what each watcher saw.
func TestBurstsAreSure(t *testing.T) {
	started := apply(newWorld(), parseWord(t, "start"))
	if fits(started, parseWord(t, "vanish"), true, true) {
		t.Error("a lock that vanishes just after a start must not fit: only a watcher that saw the start finds it missing")
	}
	withState := apply(newWorld(), parseWord(t, "start:0"))
	if !fits(withState, parseWord(t, "vanish"), true, true) {
		t.Error("a lock that vanishes while its daemon is in the state file must fit: every look finds it missing")
	}
}

// TestChoiceFollowsTheSeed tests that the same seed gives the same events, whatever PIDs the processes have.
func TestChoiceFollowsTheSeed(t *testing.T) {
	const bursts, seed = 500, 5
	story := func(pid int) (all []string) {
		r, w := rand.New(rand.NewPCG(seed, 0)), newWorld()
		for range bursts {
			for n := range 1 + r.IntN(maxBurst) {
				e, ok := choose(r, w, n > 0, true)
				if !ok {
					break
				}
				pid++
				e.pid = pid
				all = append(all, e.String())
				w = apply(w, e)
				if e.kind.alone {
					break
				}
			}
			w = settle(w)
		}
		return all
	}
	a, b := story(1000), story(70000)
	if !slices.Equal(a, b) {
		t.Error("two plays of one seed differ")
	}
	for _, k := range kinds {
		if !slices.ContainsFunc(a, func(e string) bool { return strings.HasPrefix(e, k.name+"/") }) {
			t.Errorf("%s never happens in %d events", k.name, len(a))
		}
	}
}

func TestEventsAreReadBack(t *testing.T) {
	for i := range kinds {
		e := event{kind: &kinds[i], store: i % 2, n: i}
		if back, err := parseEvent(e.String()); err != nil || back != e {
			t.Errorf("%v is read as %v, %v", e, back, err)
		}
	}
	for _, text := range []string{"", "take-over", "take-over/2/1", "take-over/0/-1", "earthquake/0/1"} {
		if e, err := parseEvent(text); err == nil {
			t.Errorf("%q is read as %v", text, e)
		}
	}
}

func TestGrowth(t *testing.T) {
	var flat []testdesk.Usage
	for range 6 {
		for _, n := range []int{0, 2, 0, 1, 0, 3} {
			flat = append(flat, testdesk.Usage{Files: 15 + n, Threads: 9 + n/2, RSS: (12 + n) << 20})
		}
	}
	leak := slices.Clone(flat)
	for i := range leak {
		leak[i].Files += i / 2
		leak[i].RSS += i << 20
	}
	for _, test := range []struct {
		name    string
		samples []testdesk.Usage
		want    int
	}{
		{"none", nil, 0}, {"few", leak[:fewSamples-1], 0}, {"flat", flat, 0}, {"leak", leak, 2},
	} {
		if got := grew(test.samples); len(got) != test.want {
			t.Errorf("%s: %v, want %d complaints", test.name, got, test.want)
		}
	}
}
