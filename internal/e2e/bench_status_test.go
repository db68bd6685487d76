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
)

const (
	manyProcesses = 500
	manyFiles     = 100_000
)

// asker is a command that is run again and again.
type asker struct {
	path  string
	args  []string
	env   []string
	times times
}

func (a *asker) ask(b *testing.B) { a.times = append(a.times, run(b, a.path, a.args, a.env)) }

func (a *asker) peak(b *testing.B) float64 { return megabytes(peak(b, a.path, a.args, a.env)) }

// BenchmarkStatus measures one `lockbar status` against a program that does nothing: where the lock plainly names us, where all
// processes have to be looked through, and with many other files in the store. What the files cost is compared with what it costs
// to list them.
func BenchmarkStatus(b *testing.B) {
	runtime.LockOSThread() // for peak
	defer runtime.UnlockOSThread()
	crowd(b, rounds(manyProcesses))
	bare := &asker{path: testdesk.Build(b, "internal/e2e/testdata/nothing")}
	plain, full := status(b, "held-here", record(os.Getpid(), host)), status(b, "held-here", record(os.Getpid(), host))
	looking := status(b, "held-elsewhere", record(foreignPID, "mac-mini"))
	list := &asker{path: bare.path, args: []string{full.store.dir}}
	full.store.fill(b, rounds(manyFiles))
	for b.Loop() {
		for range rounds(50) {
			for _, a := range []*asker{bare, &plain.asker, &looking.asker, list, &full.asker} {
				a.ask(b)
			}
		}
		against(b, "rss-MB", plain.peak(b), bare.peak(b))
		against(b, "files-rss-MB", full.peak(b), list.peak(b))
	}
	report(b, plain.times, bare.times)
	b.ReportMetric(looking.times.at(50)-plain.times.at(50), "processes-ms")
	against(b, "files-ms", full.times.at(50)-plain.times.at(50), list.times.at(50)-bare.times.at(50))
}

// statusOf is `lockbar status` in a home of its own.
type statusOf struct {
	asker
	store store
}

// status returns one that was seen to say so.
func status(b *testing.B, state string, lock []byte) *statusOf {
	home := testdesk.NewHome(b)
	s := &statusOf{asker{path: testdesk.Lockbar(b), args: []string{"status"}, env: append(home.Env(), "LOCKBAR_HOSTNAME="+host)}, store{home.Store()}}
	s.store.write(b, lock)
	cmd := exec.Command(s.path, "status", "--json")
	cmd.Env = s.env
	if said := testdesk.Must(cmd.Output())(b); !strings.Contains(string(said), fmt.Sprintf("%q", state)) {
		b.Fatalf("want %s:\n%s", state, said)
	}
	return s
}

// fill adds files that are none of the lock's.
func (s store) fill(b *testing.B, n int) {
	for i := range n {
		if err := os.WriteFile(filepath.Join(s.dir, fmt.Sprint("records.", i, ".db")), nil, 0o600); err != nil {
			b.Fatal(err)
		}
	}
}

// crowd starts processes that cost nothing but their row in the process table.
func crowd(b *testing.B, n int) {
	for range n {
		cmd := exec.Command("sleep", "600")
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
		})
	}
}
