//go:build unix

package lockcore_test

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
	"unsafe"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// inPlace does with a lock what daemons of 2.8 to 3.x do: they create it empty, with O_EXCL, and fill it then. They remove what
// is in their way by its path, whatever it is by then, and take no guard.
type inPlace struct {
	lock, grave string
	data        []byte // the record
	file        *os.File
	written     int
	buried      int
}

// remove deletes whatever has the name of the lock. Its bytes stay for the test in the grave; its inode is free again.
func (d *inPlace) remove() error {
	d.buried++
	dead := filepath.Join(d.grave, fmt.Sprint(os.Getpid(), "-", d.buried))
	if err := os.Rename(d.lock, dead+"-moved"); err != nil {
		return err
	}
	data, err := os.ReadFile(dead + "-moved")
	return errors.Join(err, os.Remove(dead+"-moved"), os.WriteFile(dead, data, 0o600))
}

func (d *inPlace) create() (err error) {
	d.file, err = os.OpenFile(d.lock, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	d.written = 0
	return err
}

func (d *inPlace) writeTo(end int) error {
	n, err := d.file.Write(d.data[d.written:end])
	d.written += n
	return err
}

func (d *inPlace) writeHalf() error { return d.writeTo(len(d.data) / 2) }

// refresh makes a file that is being written one that was changed just now.
func (d *inPlace) refresh() {
	if d.file != nil {
		_ = d.file.Chmod(0o600)
	}
}

// finish writes what is missing.
func (d *inPlace) finish() error {
	if d.file == nil {
		return nil
	}
	err := errors.Join(d.writeTo(len(d.data)), d.file.Close())
	d.file = nil
	return err
}

// graveOf is where an inPlace puts what it deletes: beside the store, where treeOf finds it.
func graveOf(store string) string { return filepath.Join(filepath.Dir(store), "grave") }

func newInPlace(store string, record lockcore.Record) (*inPlace, error) {
	err := os.MkdirAll(graveOf(store), 0o700)
	return &inPlace{lock: filepath.Join(store, lockcore.LockName), grave: graveOf(store), data: record.Encode()}, err
}

// storeVariable tells a daemon its store.
const storeVariable = "IAI_MCP_STORE"

// inPlaceDaemon is a process that does this as it is told. It has no title at first, and so is no daemon to anybody who looks.
// pythonic: but it has the arguments that daemons have before their title.
func inPlaceDaemon(t testing.TB, store string, pythonic bool) *child {
	t.Helper()
	room := strings.Repeat("x", len(titleOf(store))+64) // the title is written over the arguments
	cmd := command("in-place", room)
	if pythonic {
		cmd = command("in-place", "-m", lockcore.DaemonModule, room)
		cmd.Args[0] = "python3"
	}
	cmd.Env = append(cmd.Env, storeVariable+"="+store)
	return awaitReady(t, startCommand(t, cmd))
}

// order tells a child something and gives its answer, which begins with what is wanted.
func (c *child) order(line, want string) string {
	c.t.Helper()
	c.tell(line)
	said := c.hear()
	if !strings.HasPrefix(said, want) {
		c.t.Errorf("child %d: %s: %s, not %s", c.pid(), line, said, want)
	}
	return said
}

// setTitle is setproctitle(3): it overwrites the arguments, which lie one behind the other.
func setTitle(title string) {
	room := 0
	for _, a := range os.Args {
		room += len(a) + 1
	}
	whole := make([]byte, room-1) // the last NUL stays
	copy(whole, title)
	copy(unsafe.Slice(unsafe.StringData(os.Args[0]), room-1), whole)
}

// playInPlaceDaemon obeys, a line each:
//
//	store DIR     begin anew with another store, and without a title
//	title         take the title
//	remove        delete the lock, if there is one
//	empty         create it
//	half, whole   write so much of it
//	soon          write all of it in a moment
//	take A B C    wait A, take the title, wait B, take the lock as daemons do, with pauses of C (all in microseconds)
//	release       delete whatever is there
func playInPlaceDaemon([]string) {
	store := os.Getenv(storeVariable)
	var d *inPlace
	renew := func() (err error) {
		d, err = newInPlace(store, of(host, os.Getpid()))
		return err
	}
	if err := renew(); err != nil {
		panic(err)
	}
	soon := make(chan error, 1)
	busy := false
	fmt.Println("ready")
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		words := strings.Fields(in.Text())
		said, err := "done", error(nil)
		if busy {
			err, busy = <-soon, false
		}
		switch words[0] {
		case "store":
			store = words[1]
			setTitle("x")
			err = renew()
		case "title":
			setTitle(titleOf(store))
		case "remove", "release":
			if err = d.remove(); errors.Is(err, fs.ErrNotExist) {
				err = nil
			}
		case "empty":
			err = d.create()
		case "half":
			err = errors.Join(err, d.writeHalf())
		case "whole":
			err = errors.Join(err, d.finish())
			said = string(d.data)
		case "soon":
			busy = true
			go func() { time.Sleep(lockcore.SettleTime / 5); soon <- d.finish() }()
		case "take":
			said, err = d.takeWithPauses(words[1:], store)
		}
		if err != nil {
			said = err.Error()
		}
		fmt.Printf("%q\n", said)
	}
}

func (d *inPlace) takeWithPauses(words []string, store string) (string, error) {
	var pauses [3]time.Duration
	for i := range pauses {
		n, err := strconv.Atoi(words[i])
		if err != nil {
			return "", err
		}
		pauses[i] = time.Duration(n) * time.Microsecond
	}
	time.Sleep(pauses[0])
	setTitle(titleOf(store))
	time.Sleep(pauses[1])
	return d.take(pauses[2])
}

// decisions is how much shorter the pause is in which a daemon decides than that in which it writes.
const decisions = 4

// take says "held" and the record, or "conflict" and the holder. Behind it stands "stalled" if so much time went by between
// what it decided and what it did that a lock which others had taken, and confirmed, may be what it removed.
func (d *inPlace) take(pause time.Duration) (string, error) {
	stalled := ""
	for {
		switch err := d.create(); {
		case err == nil:
			time.Sleep(pause)
			err = d.writeHalf()
			time.Sleep(pause)
			return fmt.Sprintf("held %s%s", d.data, stalled), errors.Join(err, d.finish())
		case !errors.Is(err, fs.ErrExist):
			return "", err
		}
		looked := time.Now()
		data, err := os.ReadFile(d.lock)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if holder := liveHolder(data); holder != 0 {
			return fmt.Sprintf("conflict %d%s", holder, stalled), nil
		}
		time.Sleep(pause / decisions) // it looks at processes, too
		if err := d.remove(); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		if time.Since(looked) >= lockcore.SettleTime {
			stalled = " stalled"
		}
	}
}

// liveHolder is the holder that such a daemon respects: of this host, alive, and with its module in the command line.
func liveHolder(lock []byte) int {
	r, err := lockcore.Parse(lock)
	if err != nil || r.Hostname != host {
		return 0
	}
	if p := lockcore.Probe(r.PID); !p.Alive() || !strings.Contains(p.Command, lockcore.DaemonModule) {
		return 0
	}
	return r.PID
}

// disturbed is a change that an in-place daemon meets at each of its steps.
type disturbed struct {
	name    string
	lock    []byte // there before; nil for none
	lacking []string
}

func (c disturbed) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s of %.8q without %v", c.name, c.lock, c.lacking))
}

func disturbances() []disturbed {
	stale, corrupt, empty := of(host, deadPID).Encode(), []byte("corrupt"), []byte{}
	noExchange, nothing := []string{"exchange"}, []string{"exchange", "link", "renameNew"}
	all := []disturbed{
		{"unlock", stale, nil}, {"unlock", corrupt, nil}, {"unlock", empty, nil}, {"unlock", stale, nothing},
		{"acquire", nil, nil}, {"acquire", stale, nil}, {"acquire", empty, nil},
		{"acquire", stale, noExchange}, {"acquire", empty, noExchange}, {"acquire", stale, nothing}, {"acquire", nil, nothing},
		{"release", nil, nil}, {"release", nil, nothing},
		{"restore", stale, nil}, {"restore", stale, nothing},
	}
	if testfs.Long() {
		all = append(all, disturbed{"unlock", theirs.Encode(), nil}, disturbed{"acquire", theirs.Encode(), nil}, disturbed{"acquire", corrupt, nil})
	}
	return all
}

// stage is how far the daemon comes at a step, and at the steps after it.
type stage [][]string

var (
	empty = stage{{"empty"}}
	half  = stage{{"empty", "half"}}
	whole = stage{{"empty", "half", "whole"}}
	slow  = stage{{"empty"}, {"half"}, {"whole"}}
)

// stages are those that are tried at a step. The usual form takes one of the two that differ most, by turns.
func (c disturbed) stages(at int) []stage {
	switch {
	case !testfs.Long():
		return []stage{empty, whole}[at%2 : at%2+1]
	case len(c.lacking) > 1:
		return []stage{empty, half, whole} // see disturb
	}
	return []stage{empty, half, whole, slow}
}

// TestInPlaceAtEveryStep: a daemon takes the store in place at each step of each change, and comes so far or so far before the
// change goes on. It is told of no conflict, so its lock is what is there in the end, and whole.
func TestInPlaceAtEveryStep(t *testing.T) {
	testfs.Need(t, testfs.FineTimes, testfs.HardLinks)
	for _, c := range disturbances() {
		t.Run(c.String(), func(t *testing.T) {
			t.Parallel()
			var steps []string
			s, change := c.prepare(t)
			s.OnStep(func(step string) { steps = append(steps, step) })
			if err := change(); err != nil || len(steps) < 3 {
				t.Fatalf("undisturbed: %v, steps %q", err, steps)
			}
			d := inPlaceDaemon(t, s.Dir(), false)
			for i := range steps {
				for _, stage := range c.stages(i) {
					c.disturb(t, d, i, stage, fmt.Sprintf("%v at %d (%s)", stage, i, steps[i]))
				}
			}
		})
	}
}

// prepare gives the store in which the change begins, and the change.
func (c disturbed) prepare(t *testing.T) (*lockcore.Store, func() error) {
	s := newStore(t)
	s.Without(c.lacking...)
	if c.lock != nil {
		write(t, s, c.lock)
	}
	switch c.name {
	case "unlock":
		return s, func() error { _, err := forceUnlock(s, lockcore.TokenOf(c.lock), false); return err }
	case "acquire":
		return s, func() error { _, err := acquire(s); return err }
	case "release":
		l, err := acquire(s)
		if err != nil {
			t.Fatal(err)
		}
		return s, func() error { return l.Release(background) }
	}
	if _, err := forceUnlock(s, lockcore.TokenOf(c.lock), false); err != nil {
		t.Fatal(err)
	}
	return s, func() error { _, err := restore(s); return err }
}

func (c disturbed) disturb(t *testing.T, d *child, at int, stage stage, when string) {
	s, change := c.prepare(t)
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
		if n == at && len(c.lacking) > 1 {
			d.order("soon", `"done"`) // without link(2) a lock is put back as a copy, when it has settled
		}
		n++
	})
	err := change()
	mine := unquote(t, d.order("whole", `"{`))
	if got := string(mustRead(t, s)); got != mine {
		t.Errorf("%s: %v, and the daemon's lock is %q, not %q", when, err, got, mine)
	}
	c.checkEnd(t, s, err, when)
	tidy(t, s)
}

func unquote(t *testing.T, said string) string {
	t.Helper()
	text, err := strconv.Unquote(said)
	if err != nil {
		t.Fatalf("%q: %v", said, err)
	}
	return text
}

// checkEnd: what was done is what is said, and what was there before is kept once.
func (c disturbed) checkEnd(t *testing.T, s *lockcore.Store, err error, when string) {
	t.Helper()
	ok := isError(err, lockcore.ErrHeld) || isError(err, lockcore.ErrChanged)
	switch kept := len(backups(t, s)); c.name {
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
	c.checkKept(t, s, when)
}

func (c disturbed) checkKept(t *testing.T, s *lockcore.Store, when string) {
	t.Helper()
	for _, b := range backups(t, s) {
		if b != string(c.lock) {
			t.Errorf("%s: a backup is %q", when, b)
		}
	}
	if n := keptTimes(t, s, c.lock); c.lock != nil && n != 1 && c.name != "restore" || n == 0 && c.name == "restore" {
		t.Errorf("%s: the lock of before is there %d times: %q", when, n, treeOf(t, s))
	}
}

// keptTimes counts the places, in the backups and in the grave, that hold these bytes.
func keptTimes(t *testing.T, s *lockcore.Store, data []byte) (n int) {
	for path, there := range treeOf(t, s) {
		if (strings.Contains(path, "/backups/") || strings.Contains(path, "/grave/")) && bytes.Equal([]byte(there), data) {
			n++
		}
	}
	return n
}

// TestTakeoverMeetsTwoInPlace: one daemon is filling its lock while a takeover puts it back, and another one takes the store in
// that moment. The last one stays, and the other's lock is kept, whole.
func TestTakeoverMeetsTwoInPlace(t *testing.T) {
	testfs.Need(t, testfs.Exchange)
	s := newStore(t)
	write(t, s, theirs.Encode())
	first, second := mustInPlace(t, s, waiter(t)), mustInPlace(t, s, waiter(t))
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

// TestDisplacedWhileWritten: a lock that is being filled was moved aside, and its place is taken. It is kept when it is whole.
func TestDisplacedWhileWritten(t *testing.T) {
	s := newStore(t)
	write(t, s, theirs.Encode())
	first, second := mustInPlace(t, s, waiter(t)), mustInPlace(t, s, waiter(t))
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

// mustInPlace is a daemon whose lock names that process, and whose part the test plays.
func mustInPlace(t *testing.T, s *lockcore.Store, holder *child) *inPlace {
	t.Helper()
	d, err := newInPlace(s.Dir(), of(host, holder.pid()))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

type at struct {
	step string
	do   func() error
}

// inOrder does one thing after the other, each at the next step of its name.
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
