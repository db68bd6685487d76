package machine

import (
	"os"
	"slices"
	"strconv"
	"testing"

	"lockbar/internal/testfs"
)

// TestProbeThread checks that the ID of a thread, which kill(2) takes for a process, is not reported as running.
func TestProbeThread(t *testing.T) {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil || len(threads) < 2 {
		t.Fatalf("a Go program has several threads: %d, %v", len(threads), err)
	}
	for _, e := range threads {
		id, err := strconv.Atoi(e.Name())
		testfs.Check(t, err)
		if got := Probe(id).Presence == Running; got != (id == os.Getpid()) {
			t.Errorf("Probe(%d): running is %v in process %d", id, got, os.Getpid())
		}
		status, err := os.ReadFile("/proc/self/task/" + e.Name() + "/status")
		testfs.Check(t, err)
		if got := isThreadStatus(status, id); got != (id != os.Getpid()) {
			t.Errorf("isThreadStatus for %d: %v in process %d", id, got, os.Getpid())
		}
	}
}

func TestParseStat(t *testing.T) {
	// tail returns fields 4 to 24 of /proc/PID/stat.
	tail := func(threads, start string) string {
		return " 1 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 " + threads + " 0 " + start + " 1000 20"
	}
	for _, c := range []struct {
		name, stat string
		status     Presence
		id         uint64
	}{
		{"sleeping", "7 (python3.12) S" + tail("3", "1234"), Running, 1235},
		{"name with a parenthesis", "7 (a) Z (b) R" + tail("1", "5"), Running, 6},
		{"name that imitates a zombie's line", "7 (x) Z 1 1) S" + tail("1", "5"), Running, 6},
		{"started with the machine", "1 (init) S" + tail("1", "0"), Running, 1},
		{"zombie", "7 (x) Z" + tail("1", "5"), Zombie, 0},
		{"dead", "7 (x) X" + tail("1", "5"), Zombie, 0},
		{"leader ended, threads live", "7 (x) Z" + tail("2", "5"), Running, 6},
		{"stopped", "7 (x) T" + tail("1", "5"), Running, 6},
		{"cut off", "7 (x) S 1 2", Running, 0},
		{"empty", "", Running, 0},
		{"start time is not a number", "7 (x) S" + tail("1", "soon"), Running, 0},
	} {
		got := parseStat([]byte(c.stat))
		if got.Presence != c.status || got.StartID != c.id || (got.StartID == 0) != got.Started.IsZero() {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

func TestSplit(t *testing.T) {
	for _, c := range []struct {
		block string
		want  []string
	}{
		{"", []string{}},
		{"\x00", []string{""}},
		{"a", []string{"a"}},
		{"a\x00", []string{"a"}},
		{"a\x00\x00", []string{"a", ""}},
		{"a\x00b", []string{"a", "b"}},
		{"\x00a\x00", []string{"", "a"}},
	} {
		if got := split(c.block); !slices.Equal(got, c.want) || got == nil {
			t.Errorf("%q: got %q, want %q", c.block, got, c.want)
		}
	}
}
