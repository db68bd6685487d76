//go:build unix

package lockcore_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// operation describes a change to stop, or to disturb, at each of its steps.
type operation struct {
	name    string
	lock    []byte   // in place before; nil for none
	backup  []byte   // the newest backup before; nil for none
	copy    []byte   // a conflict copy; nil for none
	lacking []string // calls that the file system does not have
	race    string   // the step at which a daemon without the guard replaces the lock with racer; empty for none
	inPlace bool     // the daemon creates the lock in place, and has written half of it or nothing when the operation is killed
}

var (
	before = of(host, deadPID).Encode()
	// racer names the process of this test. It is alive, so nobody takes its lock over.
	racer = of(host, os.Getpid()).Encode()
)

func operations() []operation {
	exchange := []string{"exchange"}
	nothing := []string{"exchange", "link", "renameNew"}
	all := []operation{
		{name: "unlock", lock: before},
		{name: "unlock", lock: []byte("corrupt")},
		{name: "unlock", lock: before, race: "backed-up"},
		{name: "unlock", lock: before, race: "before-aside"},
		{name: "unlock", lock: before, race: "aside"},
		{name: "unlock", lock: before, race: "compared"},
		{name: "unlock", lock: before, race: "before-aside", lacking: nothing},
		{name: "acquire"},
		{name: "acquire", lacking: nothing},
		{name: "acquire", lock: before},
		{name: "acquire", lock: theirs.Encode()},
		{name: "acquire", lock: before, lacking: exchange},
		{name: "acquire", lock: before, lacking: nothing},
		{name: "acquire", lock: before, race: "staged"},
		{name: "acquire", lock: before, race: "swapped"},
		{name: "acquire", lock: before, race: "before-aside", lacking: exchange},
		{name: "acquire", lock: before, race: "made-room", lacking: exchange},
		{name: "release"},
		{name: "release", race: "before-aside"},
		{name: "restore", backup: before},
		{name: "restore", backup: before, race: "noted"},
		{name: "restore", backup: before, lacking: nothing},
		{name: "copies", lock: before, copy: theirs.Encode()},
	}
	for _, o := range all { // each race with link(2) again, with a daemon that writes in place: see abilities
		if o.race != "" && len(o.lacking) <= 1 {
			o.inPlace = true
			all = append(all, o)
		}
	}
	return append(all,
		operation{name: "unlock", lock: []byte{}, race: "before-aside", inPlace: true},
		operation{name: "acquire", race: "temp-written", inPlace: true},
		operation{name: "acquire", lock: []byte{}, race: "staged", inPlace: true})
}

func (o operation) String() string {
	kind := ""
	if o.lock != nil {
		kind = fmt.Sprintf(" over %.8q", o.lock)
	}
	if len(o.lacking) > 0 {
		kind += fmt.Sprint(" without ", o.lacking)
	}
	if o.race != "" {
		kind += " raced at " + o.race
	}
	if o.inPlace {
		kind += " in place"
	}
	return o.name + kind
}

// abilities returns what the file system must support for the operation to reach the step of its race, and to lose nothing then. Without
// link(2) a lock is put back as a copy, which lacks what a daemon writes later (publishCopy).
func (o operation) abilities() (all []testfs.Ability) {
	if len(o.lacking) == 0 && (o.race == "staged" || o.race == "swapped") {
		all = append(all, testfs.Exchange)
	}
	if o.inPlace {
		all = append(all, testfs.HardLinks, testfs.FineTimes)
	}
	return all
}

// prepare puts the store into the state from which the operation starts.
func (o operation) prepare(t *testing.T) *lockcore.Store {
	s := newStore(t)
	if o.backup != nil {
		removeLock(t, s, o.backup)
	}
	if o.lock != nil {
		write(t, s, o.lock)
	}
	if o.copy != nil {
		put(t, s.LockPath()+" 2", o.copy)
	}
	return s
}

func (o operation) start(t *testing.T) *child {
	return startChild(t, "operate", o.name, o.race, strings.Join(o.lacking, ","))
}

// playOperator reads lines "stopAt store", and does its operation in each store. It prints each step. At the step of the race it waits
// until the race is done. At step number stopAt it stops: there it is killed, or gives up and continues with the next line.
func playOperator(args []string) {
	name, race := args[0], args[1]
	fmt.Println("ready")
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		number, dir, _ := strings.Cut(in.Text(), " ")
		stopAt, _ := strconv.Atoi(number)
		s := mustOpen(dir, filepath.Join(filepath.Dir(dir), "state"))
		s.Among()
		if args[2] != "" {
			s.Without(strings.Split(args[2], ",")...)
		}
		l := toRelease(s, name)
		n, raced := 0, false
		s.OnStep(func(step string) {
			if step == race && !raced {
				raced = true
				fmt.Println("race")
				in.Scan()
			}
			fmt.Println(step)
			if n == stopAt {
				fmt.Println("stopped", raced)
				in.Scan()
				runtime.Goexit()
			}
			n++
		})
		var ended sync.WaitGroup
		ended.Go(func() { _ = operate(s, name, l) })
		ended.Wait()
		fmt.Println("ended")
	}
}

// toRelease acquires the lock that the operation will release; it returns nil for an operation other than release.
func toRelease(s *lockcore.Store, name string) (l *lockcore.Lock) {
	if name == "release" {
		var err error
		l, err = acquire(s)
		must(err)
	}
	return l
}

func operate(s *lockcore.Store, name string, l *lockcore.Lock) error {
	switch name {
	case "unlock":
		return errOf(forceUnlock(s, inspect(s).Token, false))
	case "acquire":
		return errOf(acquire(s))
	case "restore":
		return errOf(restore(s))
	case "copies":
		return errOf(setAside(s))
	}
	return l.Release(background)
}

// strike writes the daemon's lock; half of it, or nothing, if it is in place.
func (o operation) strike(d *inPlace) error {
	if !o.inPlace {
		return blindWrite(d.lock, d.data)
	}
	if err := d.remove(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if o.overEmpty() {
		return d.create() // an empty lock again
	}
	return errors.Join(d.create(), d.writeHalf())
}

func (o operation) overEmpty() bool { return o.lock != nil && len(o.lock) == 0 }

// stopped describes an operation that was stopped at one of its steps, or reached its end.
type stopped struct {
	operation
	s     *lockcore.Store
	d     *inPlace
	at    int
	steps []string
	raced bool // the other daemon had written by then, or begun to
}

// never is the number of a step that no operation reaches.
const never = 1 << 20

// run lets a child do the operation in a new store, and returns where it stopped.
func (o operation) run(t *testing.T, c *child, at int) stopped {
	t.Helper()
	k := stopped{operation: o, s: o.prepare(t), at: at}
	var err error
	k.d, err = newInPlace(k.s.Dir(), racer) // the test itself plays the daemon
	noError(t, err)
	c.send(fmt.Sprint(at, " ", k.s.Dir()))
	for {
		switch line := c.receive(); line {
		case "stopped true", "stopped false":
			k.raced = line == "stopped true"
			return k
		case "ended":
			if at != never {
				t.Fatalf("step %d was not reached", at)
			}
			return k
		case "race":
			noError(t, o.strike(k.d))
			c.send("")
		default:
			k.steps = append(k.steps, line)
		}
	}
}

// steps returns the steps at which to stop the operation. It takes them from a run that nothing stops, so a new step is included.
func (o operation) steps(t *testing.T, c *child) []string {
	t.Helper()
	whole := o.run(t, c, never)
	noError(t, whole.d.finish())
	steps := whole.steps
	if len(steps) < 2 || o.race != "" && !slices.Contains(steps, o.race) {
		t.Fatalf("steps %q", steps)
	}
	// If the operation began with an empty lock, the steps after the daemon's lock was put back are left out: that lock is empty too, and
	// when it is read again, it counts as the lock of a process that has ended.
	isPutBack := func(step string) bool { return step == "linked" || step == "swapped-back" }
	if i := slices.IndexFunc(steps, isPutBack); o.overEmpty() && i >= 0 {
		return steps[:i+1]
	}
	return steps
}

// firstRaced returns the number of the first step to stop at. That is the step of the race if operations also lists the operation without
// a race, whose test covers the earlier steps; otherwise it is 0.
func (o operation) firstRaced(steps []string) int {
	twin := o
	twin.race, twin.inPlace = "", false
	isTwin := func(other operation) bool { return reflect.DeepEqual(other, twin) }
	if o.race == "" || !slices.ContainsFunc(operations(), isTwin) {
		return 0
	}
	return slices.Index(steps, o.race)
}

// TestKilledAtEveryStep ends each operation at each of its steps. It checks that all that was there is still in place or in the backups,
// whole, that the next change cleans up, and that a lock that another daemon wrote meanwhile, or is writing, is in its place.
//
// The long form stops each operation at each step by a kill -9. The usual form stops it at every other step: one operation at the even
// steps and the next at the odd ones. Only the last stop is a kill -9. At the others the process gives up the operation, and is killed
// before the test reads what the operation left.
func TestKilledAtEveryStep(t *testing.T) {
	t.Parallel()
	for number, o := range operations() {
		t.Run(o.String(), func(t *testing.T) {
			t.Parallel()
			testfs.Need(t, o.abilities()...)
			c := o.start(t)
			var all []stopped
			steps := o.steps(t, c)
			for i := o.firstRaced(steps); i < len(steps); i++ {
				last := i == len(steps)-1
				if !testfs.Long() && !last && (i+number)%2 == 0 {
					continue
				}
				if c == nil {
					c = o.start(t)
				}
				all = append(all, o.run(t, c, i))
				if !last && !testfs.Long() {
					c.order("go on", "ended")
					continue
				}
				c.kill()
				for _, k := range all {
					k.recover(t, fmt.Sprintf("killed at %d (%s)", k.at, steps[k.at]))
				}
				all, c = nil, nil
			}
		})
	}
}

func (k stopped) recover(t *testing.T, when string) {
	t.Helper()
	s, d := k.s, k.d
	writing := k.inPlace && (k.at%2 == 0 || k.overEmpty()) // until the recovery the daemon's lock is incomplete
	if !writing {
		noError(t, d.finish())
	}
	k.check(t, s, k.raced && !writing, when)
	s.Among()
	s.Without(k.lacking...)
	if k.raced {
		d.refresh()
		k.stopAgain(t, !writing, when)
	}
	finished := make(chan error, 1)
	d.refresh()
	time.AfterFunc(lockcore.SettleTime/5, func() { finished <- d.finish() })
	if _, err := setAside(s); err != nil {
		t.Errorf("%s: recovery: %v", when, err)
	}
	if err := <-finished; err != nil {
		t.Error(err)
	}
	k.checkRecovery(t, s, k.raced, "recovered: "+when)
}

// stopAgain interrupts the recovery at the step with the number k.at, if there is one; in the long form, at each of its steps.
func (k stopped) stopAgain(t *testing.T, raced bool, when string) {
	t.Helper()
	end := func(at int) (step string) {
		step = interrupted(k.s, at, func(s *lockcore.Store) { _, _ = setAside(s) })
		k.check(t, k.s, raced, fmt.Sprint(when, ", and its recovery at ", step))
		return step
	}
	if !testfs.Long() {
		end(k.at)
		return
	}
	for at := 0; end(at) != ""; at++ {
	}
}

// check checks that nothing of what the operation found is lost.
func (o operation) check(t *testing.T, s *lockcore.Store, raced bool, when string) {
	t.Helper()
	tree := treeOf(t, s)
	for what, data := range map[string][]byte{"lock": o.lock, "backup": o.backup, "copy": o.copy} {
		// If a daemon replaced the lock, the former lock need not be kept: daemons discard it.
		if data != nil && !(what == "lock" && raced) && !holds(tree, data) {
			t.Errorf("%s: the %s is lost; there is %q", when, what, tree)
		}
	}
	if raced && !holds(tree, racer) {
		t.Errorf("%s: the fresh lock is lost; there is %q", when, tree)
	}
}

func holds(tree map[string]string, data []byte) bool {
	return slices.Contains(slices.Collect(maps.Values(tree)), string(data))
}

// checkRecovery checks that the next change has cleaned up.
func (o operation) checkRecovery(t *testing.T, s *lockcore.Store, raced bool, when string) {
	t.Helper()
	o.check(t, s, raced, when)
	now := mustRead(t, s)
	switch _, err := lockcore.Parse(now); {
	case raced && !bytes.Equal(now, racer):
		t.Errorf("%s: the fresh lock is not in its place: %q", when, now)
	case now != nil && err != nil && !bytes.Equal(now, o.lock):
		t.Errorf("%s: the lock is incomplete: %q", when, now)
	}
	if raced {
		o.checkRacerRules(t, s, when)
	}
	if l, err := acquire(s); err != nil {
		t.Errorf("%s: acquire: %v", when, err)
	} else if err := l.Release(background); err != nil {
		t.Errorf("%s: release: %v", when, err)
	}
	o.check(t, s, raced, when+" and acquired")
	tidy(t, s)
}

// checkRacerRules checks that the racer's lock is respected, and can be removed and, in the long form, restored like any other.
func (o operation) checkRacerRules(t *testing.T, s *lockcore.Store, when string) {
	t.Helper()
	if _, err := acquire(s); !isError(err, lockcore.ErrHeld) {
		t.Errorf("%s: acquire over the fresh lock: %v", when, err)
	}
	token := lockcore.TokenOf(racer)
	for range testfs.Rounds(0, 2) {
		if _, err := forceUnlock(s, token, true); err != nil || mustRead(t, s) != nil {
			t.Errorf("%s: unlock: %v", when, err)
		}
		if _, err := restore(s); err != nil || !bytes.Equal(mustRead(t, s), racer) {
			t.Errorf("%s: restore: %v", when, err)
		}
	}
	if _, err := forceUnlock(s, token, true); err != nil {
		t.Errorf("%s: unlock: %v", when, err)
	}
}
