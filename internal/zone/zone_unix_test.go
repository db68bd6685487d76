//go:build unix

package zone

import (
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"lockbar/internal/testfs"
)

// zoneDir returns a directory with two zone files.
func zoneDir(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, offset := range map[string]byte{"Berlin": 1, "Tokyo": 9} {
		testfs.Check(t, os.WriteFile(filepath.Join(dir, name), tzif(offset), 0o600))
	}
	return dir
}

// tzif returns a zone file (RFC 9636, version 1) without transitions, hours east of UTC.
func tzif(hours byte) []byte {
	seconds := int(hours) * 3600
	head := append([]byte("TZif"), make([]byte, 16)...)
	for _, count := range []byte{0, 0, 0, 0, 1, 4} { // isut, isstd, leap, transitions, types, characters
		head = append(head, 0, 0, 0, count)
	}
	return append(head, 0, 0, byte(seconds>>8), byte(seconds), 0, 0, 'X', 'X', 'T', 0)
}

// set replaces the link with one to another zone, as timedatectl and macOS do.
func set(t *testing.T, link, zone string) {
	t.Helper()
	testfs.Check(t, os.Symlink(zone, link+".new"))
	testfs.Check(t, os.Rename(link+".new", link))
}

func hour(zone *time.Location) int { return time.Unix(0, 0).In(zone).Hour() }

func TestZoneAfterAJourney(t *testing.T) {
	dir := zoneDir(t)
	link := filepath.Join(dir, "localtime")
	set(t, link, "Berlin")
	f := newFile(link)
	if f.zone() != time.Local {
		t.Error("the zone of the start is not time.Local")
	}
	set(t, link, "Tokyo")
	tokyo := f.zone()
	if hour(tokyo) != 9 {
		t.Errorf("in Tokyo it is %d o'clock, want 9", hour(tokyo))
	}
	if f.zone() != tokyo {
		t.Error("an unchanged file was read again")
	}
	testfs.Check(t, os.Remove(link))
	if f.zone() != tokyo {
		t.Error("the zone changed while the file was missing")
	}
	testfs.Check(t, os.WriteFile(link, []byte("rubbish"), 0o600))
	if f.zone() != tokyo {
		t.Error("the zone changed although the file was rubbish")
	}
	testfs.Check(t, os.Remove(link))
	set(t, link, "Berlin")
	if got := hour(f.zone()); got != 1 {
		t.Errorf("back in Berlin it is %d o'clock, want 1", got)
	}
}

// TestManyReaders is for the race detector.
func TestManyReaders(t *testing.T) {
	dir := zoneDir(t)
	link := filepath.Join(dir, "localtime")
	set(t, link, "Berlin")
	f := newFile(link)
	set(t, link, "Tokyo")
	var work sync.WaitGroup
	for range 8 {
		work.Go(func() {
			if hour(f.zone()) != 9 {
				t.Error("not in Tokyo")
			}
		})
	}
	work.Wait()
}

// TestFileWrittenInPlace checks that a file is read again if its modification time changed.
func TestFileWrittenInPlace(t *testing.T) {
	dir := zoneDir(t)
	path := filepath.Join(dir, "Berlin")
	f := newFile(path)
	testfs.Check(t, os.WriteFile(path, tzif(9), 0o600))
	later := time.Now().Add(time.Hour) // the file system's times may be coarse
	testfs.Check(t, os.Chtimes(path, later, later))
	if got := hour(f.zone()); got != 9 {
		t.Errorf("it is %d o'clock, want 9", got)
	}
}

// TestVariableDecides checks that the file is ignored while TZ is set, even to an empty value.
func TestVariableDecides(t *testing.T) {
	link := filepath.Join(zoneDir(t), "localtime")
	set(t, link, "Berlin")
	f := newFile(link)
	set(t, link, "Tokyo")
	for _, value := range []string{"Asia/Tokyo", ""} {
		t.Setenv("TZ", value)
		if f.here() != time.Local {
			t.Errorf("with TZ=%q: %v", value, f.here())
		}
	}
	os.Unsetenv("TZ") // until the test ends
	if got := hour(f.here()); got != 9 {
		t.Errorf("without TZ it is %d o'clock, want 9", got)
	}
	if got := in(time.Unix(0, 0), f.here()).Hour(); got != 9 {
		t.Errorf("in returns a time at %d o'clock, want 9", got)
	}
}

// TestSameZoneKeepsTheMonotonicClock checks that Of does not drop the clock reading, which timers compare.
func TestSameZoneKeepsTheMonotonicClock(t *testing.T) {
	t.Setenv("TZ", "")
	now := time.Now()
	if Of(now) != now {
		t.Errorf("%v, was %v", Of(now), now)
	}
}
