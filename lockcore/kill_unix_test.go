//go:build unix

package lockcore_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// operation is a change that is killed at each of its steps.
type operation struct {
	name    string
	lock    []byte   // in place before; nil for none
	backup  []byte   // the newest backup before; nil for none
	copy    []byte   // a conflict copy; nil for none
	lacking []string // calls that the file system does not have
	race    string   // the step at which a daemon without the guard replaces the lock by racer; empty for none
	inPlace bool     // it creates the lock, and has written half of it or nothing when the operation is killed
}

var (
	before = of(host, deadPID).Encode()
	// racer is the lock of a live process of this host, so that nobody takes it over: this very test's.
	racer = of(host, os.Getpid()).Encode()
)

func operations() []operation {
	exchange := []string{"exchange"}
	nothing := []string{"exchange", "link", "renameNew"}
	return []operation{
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

		{name: "unlock", lock: before, race: "backed-up", inPlace: true},
		{name: "unlock", lock: before, race: "before-aside", inPlace: true},
		{name: "unlock", lock: before, race: "aside", inPlace: true},
		{name: "unlock", lock: before, race: "compared", inPlace: true},
		{name: "unlock", lock: []byte{}, race: "before-aside", inPlace: true},
		{name: "acquire", race: "temp-written", inPlace: true},
		{name: "acquire", lock: before, race: "staged", inPlace: true},
		{name: "acquire", lock: []byte{}, race: "staged", inPlace: true},
		{name: "acquire", lock: before, race: "swapped", inPlace: true},
		{name: "acquire", lock: before, race: "before-aside", lacking: exchange, inPlace: true},
		{name: "acquire", lock: before, race: "made-room", lacking: exchange, inPlace: true},
		{name: "release", race: "before-aside", inPlace: true},
		{name: "restore", backup: before, race: "noted", inPlace: true},
	}
}

func (o operation) String() string {
	kind := map[bool]string{true: "", false: " over a lock"}[o.lock == nil]
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

// abilities are what the file system must have for the operation to pass the step at which it is raced, and for what it promises then:
// without link(2) a lock is put back as a copy, in which what a daemon goes on to write is lost (publishCopy).
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
		write(t, s, o.backup)
		if _, err := forceUnlock(s, lockcore.TokenOf(o.backup), false); err != nil {
			t.Fatal(err)
		}
	}
	if o.lock != nil {
		write(t, s, o.lock)
	}
	if o.copy != nil {
		if err := os.WriteFile(s.LockPath()+" 2", o.copy, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

func (o operation) start(t *testing.T, s *lockcore.Store, stopAt int) *child {
	return startChild(t, "operate", o.name, s.Dir(), filepath.Join(filepath.Dir(s.Dir()), "state"), strconv.Itoa(stopAt), o.race, strings.Join(o.lacking, ","))
}

// playOperator does one operation. It says each step, waits where it is raced for that to be done, and at step number stopAt
// to be killed.
func playOperator(args []string) {
	name, s, race := args[0], mustOpen(args[1], args[2]), args[4]
	stopAt, _ := strconv.Atoi(args[3])
	if args[5] != "" {
		s.Without(strings.Split(args[5], ",")...)
	}
	var l *lockcore.Lock
	if name == "release" {
		var err error
		if l, err = acquire(s); err != nil {
			panic(err)
		}
	}
	n, raced := 0, false
	s.OnStep(func(step string) {
		if step == race && !raced {
			raced = true
			fmt.Println("race")
			_, _ = os.Stdin.Read(make([]byte, 1))
		}
		fmt.Println(step)
		if n == stopAt {
			fmt.Println("stopped", raced)
			select {}
		}
		n++
	})
	_ = operate(s, name, l)
}

func operate(s *lockcore.Store, name string, l *lockcore.Lock) (err error) {
	switch name {
	case "unlock":
		_, err = forceUnlock(s, inspect(s).Token, true)
	case "acquire":
		_, err = acquire(s)
	case "restore":
		_, err = restore(s)
	case "copies":
		_, err = setAside(s)
	case "release":
		err = l.Release(background)
	}
	return err
}

// never is a step that no operation reaches.
const never = 1 << 20

// steps are those of a run that nobody kills: a step that is added is killed too.
func (o operation) steps(t *testing.T) []string {
	s := o.prepare(t)
	d := o.racer(t, s)
	defer d.finish()
	return o.run(t, s, d, never).steps
}

// racer is the daemon that the operation meets: its part is played here.
func (o operation) racer(t *testing.T, s *lockcore.Store) *inPlace {
	d, err := newInPlace(s.Dir(), lockcore.Record{})
	if err != nil {
		t.Fatal(err)
	}
	d.data = racer
	return d
}

// strike is the daemon's write.
func (o operation) strike(d *inPlace) error {
	if !o.inPlace {
		return blindWrite(d.lock, d.data)
	}
	if err := d.remove(); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if o.overEmpty() {
		return d.create() // which looks like what was there before
	}
	return errors.Join(d.create(), d.writeHalf())
}

func (o operation) overEmpty() bool { return o.lock != nil && len(o.lock) == 0 }

// killed is how far an operation came.
type killed struct {
	steps   []string
	raced   bool // the other daemon had written by then, or begun to
	reached bool // it was killed where it should be
}

// run lets the operation come to a step and kills it there.
func (o operation) run(t *testing.T, s *lockcore.Store, d *inPlace, stopAt int) (k killed) {
	t.Helper()
	c := o.start(t, s, stopAt)
	defer c.kill()
	for {
		line, err := c.out.ReadString('\n')
		if err != nil {
			return k // it came to its end before
		}
		line = strings.TrimSuffix(line, "\n")
		what, stopped := strings.CutPrefix(line, "stopped ")
		switch {
		case stopped:
			k.raced, k.reached = what == "true", true
			return k
		case line == "race":
			if err := o.strike(d); err != nil {
				t.Fatal(err)
			}
			c.tell("")
		default:
			k.steps = append(k.steps, line)
		}
	}
}

// TestKilledAtEveryStep kills -9 each operation at each of its steps: whatever was there is there or in the backups, whole,
// and the next change cleans up. A lock that another daemon wrote meanwhile, or is writing, is in its place.
func TestKilledAtEveryStep(t *testing.T) {
	for _, o := range operations() {
		if len(o.lacking) > 1 && (testing.Short() || !thorough) {
			continue
		}
		t.Run(o.String(), func(t *testing.T) {
			t.Parallel()
			testfs.Need(t, o.abilities()...)
			steps := o.steps(t)
			if len(steps) < 2 || o.race != "" && !slices.Contains(steps, o.race) {
				t.Fatalf("steps %q", steps)
			}
			for i, step := range steps {
				o.killAndRecover(t, i, step)
				if o.overEmpty() && (step == "linked" || step == "swapped-back") {
					break // it was put back; when it is looked at again, it is still empty, and so is taken for a dead one's
				}
			}
		})
	}
}

func (o operation) killAndRecover(t *testing.T, i int, step string) {
	s := o.prepare(t)
	d := o.racer(t, s)
	k := o.run(t, s, d, i)
	if !k.reached {
		t.Fatalf("step %d (%s) was not reached", i, step)
	}
	when := fmt.Sprintf("killed at %d (%s)", i, step)
	writing := o.inPlace && (i%2 == 0 || o.overEmpty()) // until the recovery
	if !writing {
		if err := d.finish(); err != nil {
			t.Fatal(err)
		}
	}
	o.check(t, s, k.raced && !writing, when)
	if k.raced {
		o.killAgain(t, s, d, i, writing, when)
	}
	finished := make(chan error, 1)
	time.AfterFunc(lockcore.SettleTime/5, func() { finished <- d.finish() })
	s.Without(o.lacking...)
	if _, err := setAside(s); err != nil {
		t.Errorf("%s: recovery: %v", when, err)
	}
	if err := <-finished; err != nil {
		t.Error(err)
	}
	o.checkRecovery(t, s, k.raced, "recovered: "+when)
}

// killAgain kills the recovery at one of its steps, or at each.
func (o operation) killAgain(t *testing.T, s *lockcore.Store, d *inPlace, at int, writing bool, when string) {
	t.Helper()
	sweep := operation{name: "copies", lacking: o.lacking}
	if !everything() {
		sweep.run(t, s, d, at)
		o.check(t, s, !writing, fmt.Sprint(when, ", killed again at step ", at))
		return
	}
	for i, reached := 0, true; reached; i++ {
		reached = sweep.run(t, s, d, i).reached
		o.check(t, s, !writing, fmt.Sprint(when, ", killed again at step ", i))
	}
}

// check: nothing that the operation found is lost.
func (o operation) check(t *testing.T, s *lockcore.Store, raced bool, when string) {
	t.Helper()
	tree := treeOf(t, s)
	for what, data := range map[string][]byte{"lock": o.lock, "backup": o.backup, "copy": o.copy} {
		// A lock that was replaced by its own kind is gone by its writer's will.
		if data != nil && !(what == "lock" && raced) && !holds(tree, data) {
			t.Errorf("%s: the %s is lost; there is %q", when, what, tree)
		}
	}
	if raced && !holds(tree, racer) {
		t.Errorf("%s: the fresh lock is lost; there is %q", when, tree)
	}
}

func holds(tree map[string]string, data []byte) bool {
	for _, there := range tree {
		if there == string(data) {
			return true
		}
	}
	return false
}

// checkRecovery: the next change has left all in order.
func (o operation) checkRecovery(t *testing.T, s *lockcore.Store, raced bool, when string) {
	t.Helper()
	o.check(t, s, raced, when)
	now := mustRead(t, s)
	switch _, err := lockcore.Parse(now); {
	case raced && !bytes.Equal(now, racer):
		t.Errorf("%s: the fresh lock is not in its place: %q", when, now)
	case now != nil && err != nil && !bytes.Equal(now, o.lock):
		t.Errorf("%s: the lock is no whole one: %q", when, now)
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

// checkRacerRules: the lock that came meanwhile is respected, and can be removed and restored like any other.
func (o operation) checkRacerRules(t *testing.T, s *lockcore.Store, when string) {
	t.Helper()
	var held *lockcore.Error
	if _, err := acquire(s); !isError(err, lockcore.ErrHeld, &held) {
		t.Errorf("%s: acquire over the fresh lock: %v", when, err)
	}
	token := lockcore.TokenOf(racer)
	for range 2 {
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
