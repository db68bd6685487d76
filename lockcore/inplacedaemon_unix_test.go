//go:build unix

package lockcore_test

import (
	"bufio"
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

	"lockbar/lockcore"
)

// inPlace does with a lock what daemons of 2.8 to 3.x do. They create it empty, with O_EXCL, and then fill it. If they may take a lock
// over, they delete whatever has its path by then, which may be another lock. They take no guard.
type inPlace struct {
	lock, grave string
	data        []byte // the record
	file        *os.File
	written     int // bytes of data
	buried      int // files in the grave
}

// remove deletes the lock file and frees its inode, as a daemon does. For the test it keeps a copy of the bytes in the grave.
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

// refresh updates the change time of a file that is being written.
func (d *inPlace) refresh() {
	if d.file != nil {
		_ = d.file.Chmod(0o600)
	}
}

// finish writes the rest.
func (d *inPlace) finish() error {
	if d.file == nil {
		return nil
	}
	err := errors.Join(d.writeTo(len(d.data)), d.file.Close())
	d.file = nil
	return err
}

// graveOf returns the directory where an inPlace keeps what it deletes: beside the store, where treeOf finds it.
func graveOf(store string) string { return filepath.Join(filepath.Dir(store), "grave") }

func newInPlace(store string, data []byte) (*inPlace, error) {
	err := os.MkdirAll(graveOf(store), 0o700)
	return &inPlace{lock: filepath.Join(store, lockcore.LockName), grave: graveOf(store), data: data}, err
}

// storeVariable is the environment variable that tells a daemon its store.
const storeVariable = "IAI_MCP_STORE"

// inPlaceDaemon starts a process that acts as an inPlace on request (playInPlaceDaemon). At first it has no title: it looks like another
// program or, if pythonic is set, like a daemon that has not set its title yet.
func inPlaceDaemon(t testing.TB, store string, pythonic bool) *child {
	t.Helper()
	room := strings.Repeat("x", len(titleOf(store))+64) // the title is written over the arguments
	cmd := command("in-place", room)
	if pythonic {
		cmd = command("in-place", "-m", lockcore.DaemonModule, room)
		cmd.Args[0] = "python3"
	}
	cmd.Env = append(cmd.Env, storeVariable+"="+store)
	return startReady(t, cmd)
}

// order sends a line to a child and returns its answer, which must begin with want.
func (c *child) order(line, want string) string {
	c.t.Helper()
	c.send(line)
	answer := c.receive()
	if !strings.HasPrefix(answer, want) {
		c.t.Errorf("child %d: %s: %s, not %s", c.pid(), line, answer, want)
	}
	return answer
}

// setTitle does what setproctitle(3) does: it overwrites the arguments, which are contiguous in memory.
func setTitle(title string) {
	room := 0
	for _, a := range os.Args {
		room += len(a) + 1
	}
	whole := make([]byte, room-1) // the last NUL stays
	copy(whole, title)
	copy(unsafe.Slice(unsafe.StringData(os.Args[0]), room-1), whole)
}

// playInPlaceDaemon obeys these commands, one per line:
//
//	store DIR         start again with another store, and without a title
//	title             set the title of a daemon
//	remove, release   delete whatever lock is there
//	empty             create an empty lock
//	half              write the first half of it
//	whole             write the rest, and answer with the record
//	soon              answer at once, and write the rest in a moment
//	take A B C        wait A, set the title, wait B, take the lock as daemons do, with pauses of C (all in microseconds)
func playInPlaceDaemon([]string) {
	store := os.Getenv(storeVariable)
	var d *inPlace
	renew := func() (err error) {
		d, err = newInPlace(store, of(host, os.Getpid()).Encode())
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
		answer, err := "done", error(nil)
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
			answer = string(d.data)
		case "soon":
			busy = true
			go func() { time.Sleep(lockcore.SettleTime / 5); soon <- d.finish() }()
		case "take":
			answer, err = d.takeWithPauses(words[1:], store)
		}
		if err != nil {
			answer = err.Error()
		}
		fmt.Printf("%q\n", answer)
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

// removalDivisor divides the pause between two writes to get the pause between a decision and the removal.
const removalDivisor = 4

// take returns "held" and the record, or "conflict" and the holder. It appends "stalled" if so much time passed between its decision
// and its removal that it may have removed a lock that others had taken and confirmed meanwhile.
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
		time.Sleep(pause / removalDivisor) // a daemon also looks at processes
		if err := d.remove(); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		if time.Since(looked) >= lockcore.SettleTime {
			stalled = " stalled"
		}
	}
}

// liveHolder returns the PID of the holder if a daemon respects it: it is alive on this host, and its command line contains the module of
// the daemon. Otherwise liveHolder returns 0.
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
