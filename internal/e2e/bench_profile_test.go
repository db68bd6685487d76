//go:build linux

package e2e

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"lockbar/internal/testdesk"
)

// BenchmarkProfile measures what an idle tray with one store uses its memory for: the live heap by package, in a build of the tray that
// samples every allocation, and the resident memory of the real program by kind of mapping.
func BenchmarkProfile(b *testing.B) {
	app, sampled := newDesk(b), newDesk(b)
	app.start().hold()
	sampled.hold()
	sampled.app = testdesk.Command{Bus: sampled.bus, Home: sampled.home, Path: testdesk.Build(b, "internal/e2e/testdata/owners"),
		Args: []string{filepath.Join(sampled.home.Dir, "state"), sampled.store.dir}, Env: []string{"LOCKBAR_HOSTNAME=" + host}}.Start(b)
	sampled.item = testdesk.Must(sampled.watcher.WaitItem(sampled.ctx()))(b)
	for b.Loop() {
		time.Sleep(settled)
		for owner, bytes := range sampled.owners() {
			b.ReportMetric(float64(bytes)/1e3, owner+"-heap-kB")
		}
		for mapping, bytes := range resident(b, app.app.PID()) {
			b.ReportMetric(megabytes(bytes), mapping+"-rss-MB")
		}
	}
	b.ReportMetric(0, "ns/op")
}

// owners asks testdata/owners for the live bytes of each package.
func (d *desk) owners() (owners map[string]int) {
	if err := d.app.Signal(syscall.SIGUSR1); err != nil {
		d.t.Fatal(err)
	}
	line := testdesk.Must(d.app.WaitLine(d.ctx(), "{"))(d.t)
	if err := json.Unmarshal([]byte(line.Text), &owners); err != nil {
		d.t.Fatal(err)
	}
	return owners
}

// resident sums the resident memory of a process by kind of mapping: the code, the tables (read-only data and the runtime's function
// tables), the variables, and the anonymous memory of the heap, the stacks and the runtime.
func resident(t testing.TB, pid int) map[string]int {
	smaps := testdesk.Must(os.ReadFile(fmt.Sprintf("/proc/%d/smaps", pid)))(t)
	sum, mapping := map[string]int{}, ""
	for line := range strings.Lines(string(smaps)) {
		fields := strings.Fields(line)
		switch {
		case fields[0] == "Rss:":
			var kilobytes int
			fmt.Sscan(fields[1], &kilobytes)
			sum[mapping] += kilobytes << 10
		case !strings.HasSuffix(fields[0], ":"):
			mapping = kindOfMapping(fields)
		}
	}
	return sum
}

// kindOfMapping parses the first line of a mapping (proc_pid_smaps(5)).
func kindOfMapping(fields []string) string {
	isFile := len(fields) > 5 && strings.HasPrefix(fields[5], "/")
	switch {
	case isFile && fields[1] == "r-xp":
		return "code"
	case isFile && fields[1] == "r--p":
		return "tables"
	case isFile:
		return "variables"
	}
	return "anonymous"
}
