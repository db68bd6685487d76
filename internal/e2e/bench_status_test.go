//go:build linux

package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"lockbar/internal/testdesk"
	"lockbar/internal/testfs"
)

const (
	manyProcesses = 500
	manyFiles     = 100_000
)

// repeated is a command that is run and timed many times.
type repeated struct {
	path  string
	args  []string
	env   []string
	times times
}

func (r *repeated) run(b *testing.B) { r.times = append(r.times, run(b, r.path, r.args, r.env)) }

func (r *repeated) peak(b *testing.B) float64 { return megabytes(peak(b, r.path, r.args, r.env)) }

// BenchmarkStatus measures one `lockbar status` against a program that does nothing: with a lock of this process, with a lock of another
// host, for which lockbar searches all processes for a daemon, and with many other files in the store. The cost of the files is compared
// with the cost of listing them.
func BenchmarkStatus(b *testing.B) {
	runtime.LockOSThread() // for peak
	defer runtime.UnlockOSThread()
	crowd(b, rounds(manyProcesses))
	bare := &repeated{path: testdesk.Build(b, "internal/e2e/testdata/nothing")}
	plain, full := status(b, "held-here", record(os.Getpid(), host)), status(b, "held-here", record(os.Getpid(), host))
	searching := status(b, "held-elsewhere", record(foreignPID, "mac-mini"))
	list := &repeated{path: bare.path, args: []string{full.store.dir}}
	full.store.fill(b, rounds(manyFiles))
	for b.Loop() {
		for range rounds(50) {
			for _, r := range []*repeated{bare, &plain.repeated, &searching.repeated, list, &full.repeated} {
				r.run(b)
			}
		}
		against(b, "rss-MB", plain.peak(b), bare.peak(b))
		against(b, "files-rss-MB", full.peak(b), list.peak(b))
	}
	report(b, plain.times, bare.times)
	b.ReportMetric(searching.times.at(50)-plain.times.at(50), "processes-ms")
	against(b, "files-ms", full.times.at(50)-plain.times.at(50), list.times.at(50)-bare.times.at(50))
}

// statusOf is `lockbar status` in a home of its own.
type statusOf struct {
	repeated
	store store
}

// status makes a store with a lock and checks that lockbar reports this state.
func status(b *testing.B, state string, lock []byte) *statusOf {
	home := testdesk.NewHome(b)
	s := &statusOf{repeated{path: testdesk.Lockbar(b), args: []string{"status"}, env: append(home.Env(), "LOCKBAR_HOSTNAME="+host)}, store{home.Store()}}
	s.store.write(b, lock)
	cmd := exec.Command(s.path, "status", "--json")
	cmd.Env = s.env
	if output := testdesk.Must(cmd.Output())(b); !strings.Contains(string(output), fmt.Sprintf("%q", state)) {
		b.Fatalf("want %s:\n%s", state, output)
	}
	return s
}

// fill adds files that have nothing to do with the lock.
func (s store) fill(b *testing.B, n int) {
	for i := range n {
		testfs.Check(b, os.WriteFile(filepath.Join(s.dir, fmt.Sprint("records.", i, ".db")), nil, 0o600))
	}
}

// crowd starts n sleeping processes, which the search for a daemon must look at.
func crowd(b *testing.B, n int) {
	for range n {
		cmd := exec.Command("sleep", "600")
		testfs.Check(b, cmd.Start())
		b.Cleanup(func() {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		})
	}
}
