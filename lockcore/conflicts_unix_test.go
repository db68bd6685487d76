//go:build unix

package lockcore_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"lockbar/internal/fsx"
	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// putCopy writes a file beside the lock.
func putCopy(t testing.TB, s *lockcore.Store, name string, data []byte) {
	t.Helper()
	put(t, filepath.Join(s.Dir(), name), data)
}

// padded returns a record, padded with blanks to size bytes.
func padded(r lockcore.Record, size int) []byte {
	data := r.Encode()
	return append(data, strings.Repeat(" ", size-len(data))...)
}

// heldStore returns a store whose lock is held by a live process here, and the record in that lock.
func heldStore(t testing.TB) (*lockcore.Store, lockcore.Record) {
	t.Helper()
	s := newStore(t)
	r := of(host, livePID)
	write(t, s, r.Encode())
	return s, r
}

func TestCopyNames(t *testing.T) {
	s, _ := heldStore(t)
	for name, want := range copyNames {
		if runtime.GOOS == "darwin" && !utf8.ValidString(name) {
			continue // APFS does not allow such a name
		}
		if strings.ContainsFunc(name, func(r rune) bool { return r == '\n' || r == utf8.RuneError }) && !testfs.Has(t, testfs.OddNames) {
			continue
		}
		putCopy(t, s, name, theirs.Encode())
		got := inspect(s)
		if isCopy := len(got.Conflicts.List()) == 1; isCopy != want || (got.State == lockcore.Contested) != want {
			t.Errorf("%q: %s/%s, copies %+v", name, got.State, got.Reason, got.Conflicts.List())
		}
		noError(t, os.Remove(filepath.Join(s.Dir(), name)))
	}
}

// TestConflictCopies checks that a copy that names the holder of the lock is not a rival, even with another started_at, and that a look
// lists the copy of a rival.
func TestConflictCopies(t *testing.T) {
	s, again := heldStore(t)
	again.StartedAt = "2020-01-01T00:00:00+00:00"
	putCopy(t, s, ".locked 3", again.Encode())
	wantState(t, "the same holder", inspect(s), lockcore.HeldHere, "")
	putCopy(t, s, ".locked-mac-b", theirs.Encode())
	got := inspect(s)
	wantState(t, "a rival", got, lockcore.Contested, lockcore.ConflictCopy)
	list := got.Conflicts.List()
	if len(list) != 2 || list[1].Path != filepath.Join(s.Dir(), ".locked-mac-b") || list[1].Record != theirs || list[1].Superseded {
		t.Errorf("listed: %+v", list)
	}
}

// TestCopiesThatAreNone checks that only a regular file with a record in it is a copy, and that no other file blocks a look.
func TestCopiesThatAreNone(t *testing.T) {
	testfs.Need(t, testfs.Symlinks, testfs.Pipes, testfs.Holes, testfs.Modes)
	s, _ := heldStore(t)
	aRecord := filepath.Join(s.Dir(), "record")
	put(t, aRecord, theirs.Encode())
	path := func(name string) string { return filepath.Join(s.Dir(), name) }
	for name, make := range map[string]func(string) error{
		".locked fifo":       func(p string) error { return syscall.Mkfifo(p, 0o600) },
		".locked directory":  func(p string) error { return os.Mkdir(p, 0o700) },
		".locked link":       func(p string) error { return os.Symlink(aRecord, p) },
		".locked device":     func(p string) error { return os.Symlink("/dev/zero", p) },
		".locked dangling":   func(p string) error { return os.Symlink("nowhere", p) },
		".locked empty":      func(p string) error { return os.WriteFile(p, nil, 0o600) },
		".locked text":       func(p string) error { return os.WriteFile(p, []byte("not a lock"), 0o600) },
		".locked half":       func(p string) error { return os.WriteFile(p, theirs.Encode()[:20], 0o600) },
		".locked too large":  func(p string) error { return os.WriteFile(p, padded(theirs, lockcore.MaxSize+1), 0o600) },
		".locked unreadable": func(p string) error { return os.WriteFile(p, []byte("{}"), 0) },
		".locked huge":       func(p string) error { return errors.Join(os.WriteFile(p, nil, 0o600), os.Truncate(p, 1<<40)) },
	} {
		noError(t, make(path(name)))
	}
	got := inspect(s)
	wantState(t, "beside files that are not copies", got, lockcore.HeldHere, "")
	if got.Conflicts != (lockcore.Conflicts{}) || got.MoreCopies != 0 {
		t.Errorf("copies %+v, and %d more", got.Conflicts.List(), got.MoreCopies)
	}
	putCopy(t, s, ".locked 2", theirs.Encode())
	wantState(t, "with a copy among them", inspect(s), lockcore.Contested, lockcore.ConflictCopy)
}

// TestCopiesBeyondTheBound checks that a look reads the newest copies only, and counts the others.
func TestCopiesBeyondTheBound(t *testing.T) {
	testfs.Need(t, testfs.HardLinks)
	const large = 60 << 10
	for _, c := range []struct {
		name         string
		size, count  int
		listed, more int
	}{
		{"small", len(theirs.Encode()), 1000, lockcore.MaxCopies, 1000 - lockcore.MaxCopies},
		{"as many as are read", len(theirs.Encode()), lockcore.MaxCopies, lockcore.MaxCopies, 0},
		{"large", large, 1000, lockcore.MaxCopyBytes / large, 1000 - lockcore.MaxCopyBytes/large},
		{"as large as a lock may be", lockcore.MaxSize, 20, lockcore.MaxCopyBytes / lockcore.MaxSize, 4},
	} {
		s, _ := heldStore(t)
		one := filepath.Join(s.Dir(), ".locked 0000")
		put(t, one, padded(theirs, c.size))
		for i := 1; i < c.count; i++ { // hard links take no space
			noError(t, os.Link(one, filepath.Join(s.Dir(), fmt.Sprintf(".locked %04d", i))))
		}
		got := inspect(s)
		wantState(t, c.name, got, lockcore.Contested, lockcore.ConflictCopy)
		if listed := len(got.Conflicts.List()); listed != c.listed || got.MoreCopies != c.more {
			t.Errorf("%s: %d listed and %d more, want %d and %d", c.name, listed, got.MoreCopies, c.listed, c.more)
		}
	}
}

// TestNewestCopies checks that a look at too many copies reads those that appeared here last, whatever their modification times are.
func TestNewestCopies(t *testing.T) {
	testfs.Need(t, testfs.FineTimes)
	s, mine := heldStore(t)
	put := func(name string, count int, r lockcore.Record, modified time.Time) {
		for i := range count {
			putCopy(t, s, fmt.Sprintf("%s %d", name, i), r.Encode())
			path := filepath.Join(s.Dir(), fmt.Sprintf("%s %d", name, i))
			noError(t, os.Chtimes(path, modified, modified))
		}
	}
	put(".locked old", 40, theirs, time.Now().Add(time.Hour))
	time.Sleep(50 * time.Millisecond) // more than the granularity of a ctime
	put(".locked new", lockcore.MaxCopies, mine, time.Now().Add(-time.Hour))
	got := inspect(s)
	wantState(t, "40 older rivals", got, lockcore.HeldHere, "")
	for _, c := range got.Conflicts.List() {
		if !strings.HasPrefix(filepath.Base(c.Path), ".locked new ") {
			t.Errorf("an older copy is listed: %s", c.Path)
		}
	}
	if got.MoreCopies != 40 {
		t.Errorf("%d more copies, want 40", got.MoreCopies)
	}
}

// TestLargeFilesHideNoCopy checks that a file that is too large for a record, or for the rest of maxCopyBytes, does not keep a look from
// reading the others.
func TestLargeFilesHideNoCopy(t *testing.T) {
	testfs.Need(t, testfs.FineTimes)
	for _, c := range []struct {
		name        string
		size, count int
		more        int
	}{
		{"no record is so large", lockcore.MaxSize + 1, lockcore.MaxCopies + 1, 0},
		{"larger than all that is read", lockcore.MaxCopyBytes + 1, 1, 0},
		{"too many large records", 60 << 10, 20, 3},
	} {
		s, _ := heldStore(t)
		putCopy(t, s, ".locked 2", theirs.Encode())
		time.Sleep(20 * time.Millisecond)
		for i := range c.count {
			putCopy(t, s, fmt.Sprintf(".locked big %d", i), padded(theirs, c.size))
		}
		got := inspect(s)
		wantState(t, c.name, got, lockcore.Contested, lockcore.ConflictCopy)
		list := got.Conflicts.List()
		if len(list) == 0 || filepath.Base(list[0].Path) != ".locked 2" || got.MoreCopies != c.more {
			t.Errorf("%s: %d copies listed, and %d more", c.name, len(list), got.MoreCopies)
		}
	}
}

// TestCopyFieldsAreCut checks that the fields of a copy that a Snapshot keeps are bounded, and are cut between characters.
func TestCopyFieldsAreCut(t *testing.T) {
	for _, c := range []struct {
		name, text, want string
	}{
		{"short", "mac-b", "mac-b"},
		{"as long as may be", strings.Repeat("b", lockcore.MaxCopyField), strings.Repeat("b", lockcore.MaxCopyField)},
		{"one more", strings.Repeat("b", lockcore.MaxCopyField+1), strings.Repeat("b", lockcore.MaxCopyField)},
		{"two bytes each, odd", "x" + strings.Repeat("é", 200), "x" + strings.Repeat("é", (lockcore.MaxCopyField-1)/2)},
		{"four bytes each", "xyz" + strings.Repeat("🔒", 100), "xyz" + strings.Repeat("🔒", (lockcore.MaxCopyField-3)/4)},
	} {
		s, _ := heldStore(t)
		r := lockcore.Record{PID: 7, Hostname: c.text, StartedAt: c.text, SchemaVersion: "1"}
		putCopy(t, s, ".locked 2", r.Encode())
		list := inspect(s).Conflicts.List()
		if len(list) != 1 {
			t.Fatalf("%s: %+v", c.name, list)
		}
		if got := list[0].Record; got.Hostname != c.want || got.StartedAt != c.want || !utf8.ValidString(got.Hostname) {
			t.Errorf("%s: kept %q and %q", c.name, got.Hostname, got.StartedAt)
		}
	}
	s, _ := heldStore(t)
	schema := strings.Replace(string(theirs.Encode()), `"schema_version": 1`, `"schema_version": 1`+strings.Repeat("0", 1000), 1)
	putCopy(t, s, ".locked 2", []byte(schema))
	if list := inspect(s).Conflicts.List(); len(list) != 1 || len(list[0].Record.SchemaVersion) != lockcore.MaxCopyField {
		t.Errorf("%d copies, or a long schema version", len(list))
	}
}

// TestCopiesAreComparedWhole checks that records are compared before they are cut: host names that differ only at the end are two hosts.
func TestCopiesAreComparedWhole(t *testing.T) {
	s := newStore(t)
	long := strings.Repeat("b", lockcore.MaxCopyField)
	write(t, s, lockcore.Record{PID: 7, Hostname: long + "1", StartedAt: started, SchemaVersion: "1"}.Encode())
	putCopy(t, s, ".locked 2", lockcore.Record{PID: 7, Hostname: long + "2", StartedAt: started, SchemaVersion: "1"}.Encode())
	wantState(t, "a rival", inspect(s), lockcore.Contested, lockcore.ConflictCopy)
}

// TestCopyWhoseHolderIsGone checks that a copy no longer counts when its holder is proven gone here, by the proofs for a stale lock.
func TestCopyWhoseHolderIsGone(t *testing.T) {
	ended := waiter(t)
	ended.kill()
	live := waiter(t)
	before := of(host, live.pid())
	before.StartedAt = lockcore.Timestamp(time.Now().Add(-time.Minute))
	for _, c := range []struct {
		name string
		copy lockcore.Record
		gone bool
	}{
		{"no such process", of(host, deadPID), true},
		{"ended", of(host, ended.pid()), true},
		{"ended, our name in another form", of("MAC-A.", ended.pid()), true},
		{"recycled", before, true},
		{"another program that may be the holder", of(host, live.pid()), false},
		{"another host", of(them, deadPID), false},
	} {
		for _, lock := range []lockcore.Record{of("mac-c", 7), of(host, livePID)} {
			s := newStore(t)
			write(t, s, lock.Encode())
			putCopy(t, s, ".locked 2", c.copy.Encode())
			got := inspect(s)
			if (got.State == lockcore.Contested) == c.gone {
				t.Errorf("%s, beside a lock of %s: %s/%s", c.name, lock.Hostname, got.State, got.Reason)
			}
			if list := got.Conflicts.List(); len(list) != 1 || list[0].Superseded != c.gone {
				t.Errorf("%s, beside a lock of %s: %+v", c.name, lock.Hostname, list)
			}
		}
	}
}

// TestCopySupersededByALaterLock checks that a copy counts until the lock is taken again, by a clock that can be compared. TestSuperseded
// checks the limits.
func TestCopySupersededByALaterLock(t *testing.T) {
	testfs.Need(t, testfs.FineTimes)
	s, mine := heldStore(t)
	putCopy(t, s, ".locked 2", theirs.Encode())
	info, err := fsx.Lstat(s.LockPath() + " 2")
	noError(t, err)
	came := fsx.ChangeTime(info)
	wantState(t, "at once", inspect(s), lockcore.Contested, lockcore.ConflictCopy)
	look := func(name string, startedAt time.Time, r lockcore.Record, superseded bool, state lockcore.State, reason lockcore.Reason) {
		t.Helper()
		r.StartedAt = lockcore.Timestamp(startedAt)
		write(t, s, r.Encode())
		got := inspect(s)
		wantState(t, name, got, state, reason)
		if list := got.Conflicts.List(); len(list) != 1 || list[0].Superseded != superseded {
			t.Errorf("%s: %+v", name, list)
		}
	}
	// later is the started_at with which the lock is taken again. Its file must appear at least apart after the copy: otherwise later
	// counts as the time of a clock that is ahead.
	const apart = 10 * clockTick
	later, ahead := came.Add(lockcore.Tolerance+apart), time.Now().Add(time.Hour)
	look("by a clock that is ahead", ahead, mine, false, lockcore.Contested, lockcore.ConflictCopy)
	time.Sleep(time.Until(came.Add(2 * apart)))
	look("taken again", later, mine, true, lockcore.HeldHere, "")
	look("taken by another machine", later, of("mac-c", 7), true, lockcore.HeldElsewhere, "")
	look("by another machine's clock that is ahead", ahead, of("mac-c", 7), false, lockcore.Contested, lockcore.ConflictCopy)
	putCopy(t, s, ".locked 2", theirs.Encode())
	look("the copy came again", later, mine, false, lockcore.Contested, lockcore.ConflictCopy)
}
