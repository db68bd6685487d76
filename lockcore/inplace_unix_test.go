//go:build unix

package lockcore_test

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// disturbances lists the changes that an in-place daemon disturbs: it takes the store at each of their steps.
func disturbances() []operation {
	corrupt, empty := []byte("corrupt"), []byte{}
	noExchange, nothing := []string{"exchange"}, []string{"exchange", "link", "renameNew"}
	all := []operation{
		{name: "unlock", lock: before}, {name: "unlock", lock: corrupt}, {name: "unlock", lock: empty}, {name: "unlock", lock: before, lacking: nothing},
		{name: "acquire"}, {name: "acquire", lacking: nothing}, {name: "acquire", lock: before}, {name: "acquire", lock: empty},
		{name: "acquire", lock: before, lacking: noExchange}, {name: "acquire", lock: empty, lacking: noExchange},
		{name: "acquire", lock: before, lacking: nothing},
		{name: "release"}, {name: "release", lacking: nothing},
		{name: "restore", backup: before}, {name: "restore", backup: before, lacking: nothing},
	}
	if testfs.Long() {
		all = append(all, operation{name: "unlock", lock: theirs.Encode()}, operation{name: "acquire", lock: theirs.Encode()}, operation{name: "acquire", lock: corrupt})
	}
	return all
}

// stage lists the orders to the daemon at a step, and at each step after it.
type stage [][]string

var (
	empty = stage{{"empty"}}
	half  = stage{{"empty", "half"}}
	whole = stage{{"empty", "half", "whole"}}
	slow  = stage{{"empty"}, {"half"}, {"whole"}}
)

// stages returns the stages to try at a step. The usual form alternates between the two that differ most.
func (o operation) stages(at int) []stage {
	switch {
	case !testfs.Long():
		return []stage{empty, whole}[at%2 : at%2+1]
	case len(o.lacking) > 1:
		return []stage{empty, half, whole} // not slow: disturb makes the daemon finish soon
	}
	return []stage{empty, half, whole, slow}
}

// TestInPlaceAtEveryStep lets a daemon take the store in place at each step of each change, and write more or less of its lock
// before the change goes on. Nothing refuses the daemon, so its whole lock is there in the end.
func TestInPlaceAtEveryStep(t *testing.T) {
	t.Parallel()
	testfs.Need(t, testfs.FineTimes, testfs.HardLinks)
	for _, o := range disturbances() {
		t.Run(o.String(), func(t *testing.T) {
			t.Parallel()
			var steps []string
			s, change := o.begin(t)
			s.OnStep(func(step string) { steps = append(steps, step) })
			if err := change(); err != nil || len(steps) < 3 {
				t.Fatalf("undisturbed: %v, steps %q", err, steps)
			}
			d := inPlaceDaemon(t, s.Dir(), false)
			for i := range steps {
				for _, stage := range o.stages(i) {
					o.disturb(t, d, i, stage, fmt.Sprintf("%v at %d (%s)", stage, i, steps[i]))
				}
			}
		})
	}
}

// begin prepares a store, and returns it and a function that does the operation there.
func (o operation) begin(t *testing.T) (*lockcore.Store, func() error) {
	s := o.prepare(t)
	s.Without(o.lacking...)
	l := toRelease(s, o.name)
	return s, func() error { return operate(s, o.name, l) }
}

func (o operation) disturb(t *testing.T, d *child, at int, stage stage, when string) {
	s, change := o.begin(t)
	s.Among(d.pid())
	d.order("store "+s.Dir(), `"done"`)
	n := 0
	s.OnStep(func(string) {
		if n == at {
			d.order("title", `"done"`)
			d.order("remove", `"done"`)
		}
		if now := n - at; now >= 0 && now < len(stage) {
			for _, order := range stage[now] {
				d.order(order, `"`)
			}
		}
		if n == at && len(o.lacking) > 1 {
			d.order("soon", `"done"`) // without link(2) a lock is put back as a copy, when it has settled
		}
		n++
	})
	err := change()
	mine := unquote(t, d.order("whole", `"{`))
	if got := string(mustRead(t, s)); got != mine {
		t.Errorf("%s: %v, and the daemon's lock is %q, not %q", when, err, got, mine)
	}
	o.checkEnd(t, s, err, when)
	tidy(t, s)
}

func unquote(t *testing.T, quoted string) string {
	t.Helper()
	text, err := strconv.Unquote(quoted)
	if err != nil {
		t.Fatalf("%q: %v", quoted, err)
	}
	return text
}

// checkEnd checks that the operation may return err after such a race, and that the previous lock is kept: once, unless the operation
// is a restore.
func (o operation) checkEnd(t *testing.T, s *lockcore.Store, err error, when string) {
	t.Helper()
	ok := isError(err, lockcore.ErrHeld) || isError(err, lockcore.ErrChanged)
	switch kept := len(backups(t, s)); o.name {
	case "unlock":
		ok = ok && kept == 0 || err == nil && kept == 1
	case "acquire":
		ok = ok || isError(err, lockcore.ErrLost)
	case "release":
		ok = err == nil || isError(err, lockcore.ErrLost)
	case "restore":
		ok = err == nil || isError(err, lockcore.ErrOccupied)
	}
	if !ok {
		t.Errorf("%s: %v", when, err)
	}
	most := 1
	if o.name == "restore" {
		most = 3 // removed, put back, and deleted by the daemon
	}
	wantKept(t, s, append(o.lock, o.backup...), most, when) // one of the two is nil
}

// wantKept checks that the backups hold nothing but the previous lock. Unless that is nil, the backups and the grave together must hold it
// at least once, and not more often than most.
func wantKept(t *testing.T, s *lockcore.Store, previous []byte, most int, when string) {
	t.Helper()
	n := 0
	for path, data := range treeOf(t, s) {
		isBackup, same := strings.Contains(path, "/backups/"), data == string(previous)
		if isBackup && !same {
			t.Errorf("%s: a backup is %q", when, data)
		}
		if same && (isBackup || strings.Contains(path, "/grave/")) {
			n++
		}
	}
	if previous != nil && (n == 0 || n > most) {
		t.Errorf("%s: the previous lock is kept %d times: %q", when, n, treeOf(t, s))
	}
}

// TestTakeoverMeetsTwoInPlace lets a first daemon begin its lock before a takeover swaps it out, and a second daemon take the store after
// that. The first daemon fills its lock after it was swapped back. The second lock stays, and the first is in the backups, whole.
func TestTakeoverMeetsTwoInPlace(t *testing.T) {
	testfs.Need(t, testfs.Exchange)
	s := newStore(t)
	write(t, s, theirs.Encode())
	first, second := mustInPlace(t, s), mustInPlace(t, s)
	s.OnStep(inOrder(
		at{"staged", func() error { return errors.Join(first.remove(), first.create(), first.writeHalf()) }},
		at{"swapped", func() error { return errors.Join(second.remove(), second.create(), second.finish()) }},
		at{"swapped-back", first.finish},
	))
	_, err := acquire(s)
	if !isError(err, lockcore.ErrHeld) || !bytes.Equal(mustRead(t, s), second.data) {
		t.Errorf("%v; the lock is %q", err, mustRead(t, s))
	}
	if b := backups(t, s); len(b) != 1 || b[0] != string(first.data) {
		t.Errorf("backups %q", b)
	}
	tidy(t, s)
}

// TestDisplacedWhileWritten lets an unlock move a lock aside that is being filled, while another lock takes its place. The first is backed
// up once it is whole.
func TestDisplacedWhileWritten(t *testing.T) {
	s := newStore(t)
	write(t, s, theirs.Encode())
	first, second := mustInPlace(t, s), mustInPlace(t, s)
	finished := make(chan error, 1)
	s.OnStep(inOrder(
		at{"before-aside", func() error { return errors.Join(first.remove(), first.create(), first.writeHalf()) }},
		at{"aside", func() error {
			time.AfterFunc(lockcore.SettleTime/2, func() { finished <- first.finish() })
			return errors.Join(second.create(), second.finish())
		}},
	))
	if _, err := forceUnlock(s, lockcore.TokenOf(theirs.Encode()), false); !isError(err, lockcore.ErrChanged) {
		t.Error(err)
	}
	if err := <-finished; err != nil || !bytes.Equal(mustRead(t, s), second.data) {
		t.Errorf("%v; the lock is %q", err, mustRead(t, s))
	}
	if b := backups(t, s); len(b) != 1 || b[0] != string(first.data) {
		t.Errorf("backups %q", b)
	}
	tidy(t, s)
}

// mustInPlace returns a daemon whose lock names a live process. The test itself acts for the daemon.
func mustInPlace(t *testing.T, s *lockcore.Store) *inPlace {
	t.Helper()
	d, err := newInPlace(s.Dir(), of(host, livePID).Encode())
	noError(t, err)
	return d
}

// at is a thing to do at a step.
type at struct {
	step string
	do   func() error
}

// inOrder returns a function for OnStep that does things in this order, each at the next step that has its name.
func inOrder(things ...at) func(string) {
	return func(step string) {
		if len(things) == 0 || things[0].step != step {
			return
		}
		do := things[0].do
		things = things[1:]
		if err := do(); err != nil {
			panic(err)
		}
	}
}
