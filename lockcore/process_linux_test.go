package lockcore_test

import (
	"os"
	"strconv"
	"testing"

	"lockbar/lockcore"
)

// TestProbeThread: kill(2) takes the number of a thread for a process.
func TestProbeThread(t *testing.T) {
	threads, err := os.ReadDir("/proc/self/task")
	if err != nil || len(threads) < 2 {
		t.Fatalf("a Go program has several threads: %d, %v", len(threads), err)
	}
	for _, e := range threads {
		id, err := strconv.Atoi(e.Name())
		if err != nil {
			t.Fatal(err)
		}
		if got := lockcore.Probe(id).Alive(); got != (id == os.Getpid()) {
			t.Errorf("Probe(%d).Alive() = %v in process %d", id, got, os.Getpid())
		}
		status, err := os.ReadFile("/proc/self/task/" + e.Name() + "/status")
		if err != nil {
			t.Fatal(err)
		}
		if got := lockcore.IsThreadStatus(status, id); got != (id != os.Getpid()) {
			t.Errorf("status of %d: thread is %v in process %d", id, got, os.Getpid())
		}
	}
}

func TestParseStat(t *testing.T) {
	// Fields 4 to 22 of /proc/PID/stat with so many threads.
	tail := func(threads, start string) string {
		return " 1 1 1 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 " + threads + " 0 " + start + " 1000 20"
	}
	for _, c := range []struct {
		name, stat string
		status     lockcore.ProcessStatus
		id         uint64
	}{
		{"sleeping", "7 (python3.12) S" + tail("3", "1234"), lockcore.Running, 1235},
		{"name with a parenthesis", "7 (a) Z (b) R" + tail("1", "5"), lockcore.Running, 6},
		{"name that plays dead", "7 (x) Z 1 1) S" + tail("1", "5"), lockcore.Running, 6},
		{"started with the machine", "1 (init) S" + tail("1", "0"), lockcore.Running, 1},
		{"zombie", "7 (x) Z" + tail("1", "5"), lockcore.Zombie, 0},
		{"dead", "7 (x) X" + tail("1", "5"), lockcore.Zombie, 0},
		{"leader ended, threads live", "7 (x) Z" + tail("2", "5"), lockcore.Running, 6},
		{"stopped", "7 (x) T" + tail("1", "5"), lockcore.Running, 6},
		{"cut off", "7 (x) S 1 2", lockcore.Running, 0},
		{"empty", "", lockcore.Running, 0},
		{"no number", "7 (x) S" + tail("1", "soon"), lockcore.Running, 0},
	} {
		got := lockcore.ParseStat([]byte(c.stat))
		if got.Status != c.status || got.StartID != c.id || (got.StartID == 0) != got.Started.IsZero() {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}
