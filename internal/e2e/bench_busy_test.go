//go:build linux

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"lockbar/icons"
	"lockbar/internal/testdesk"
)

const (
	// busyTime is the length of a round. It is the poll interval, so each program wakes once.
	busyTime = 30 * time.Second
	// pace is the interval of a writer: 1000 files, or 1000 pieces of a download, per second.
	pace = time.Millisecond
	// piece is the size of one write of a download.
	piece = 4096
)

// work performs step i of other programs' work in a directory.
type work func(dir string, i int) error

// comeAndGo writes, renames and deletes a file.
func comeAndGo(dir string, i int) error {
	name := filepath.Join(dir, fmt.Sprint("draft.", i))
	if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
		return err
	}
	if err := os.Rename(name, name+".txt"); err != nil {
		return err
	}
	return os.Remove(name + ".txt")
}

// grow appends to a file.
func grow(dir string, _ int) error {
	f, err := os.OpenFile(filepath.Join(dir, "download.part"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.Write(make([]byte, piece))
	return err
}

// steps performs n steps at a pace. A writer that falls behind catches up, so the number of steps is always the same.
func (w work) steps(b *testing.B, dir string, n int, pace time.Duration) {
	begun := time.Now()
	for i := range n {
		time.Sleep(time.Until(begun.Add(time.Duration(i) * pace)))
		if err := w(dir, i); err != nil {
			b.Error(err)
			return
		}
	}
}

// busy is a tray and the work of other programs in its home.
type busy struct {
	name string
	desk *desk
	work work // nil: none
	icon icons.Kind
	*meter
}

// BenchmarkBusyHome measures the CPU time of trays while files come and go, or one file grows, in the home directory above the
// store. It compares each tray with a program that wakes as often and watches nothing, and with a tray in a quiet home. In two homes
// the store is missing.
func BenchmarkBusyHome(b *testing.B) {
	all := []*busy{
		{name: "quiet", icon: icons.HeldElsewhere},
		{name: "files", work: comeAndGo, icon: icons.HeldElsewhere},
		{name: "download", work: grow, icon: icons.HeldElsewhere},
		{name: "missing-files", work: comeAndGo, icon: icons.Unknown},
		{name: "missing-download", work: grow, icon: icons.Unknown},
	}
	for _, h := range all {
		h.start(b)
	}
	bare := ticker(b)
	for b.Loop() {
		time.Sleep(settled)
		floor := newMeter(b, bare)
		seconds := workAll(b, all).Seconds()
		var quiet float64
		for _, h := range all {
			h.desk.waitIcon(h.icon)
			cost := milliseconds(h.read().CPU) / seconds
			against(b, h.name+"-ms/s", cost, milliseconds(floor.read().CPU)/seconds)
			if h.work == nil {
				quiet = cost
			} else {
				b.ReportMetric(cost/quiet, h.name+"-x")
			}
		}
	}
	b.ReportMetric(0, "ns/op")
}

func (h *busy) start(b *testing.B) {
	h.desk = newDesk(b)
	if h.icon == icons.HeldElsewhere {
		h.desk.store.takeOver(b, "mac-mini")
	}
	h.desk.start().waitIcon(h.icon)
}

// workAll runs all writers at once and returns how long that took.
func workAll(b *testing.B, all []*busy) time.Duration {
	duration := busyTime
	if testing.Short() {
		duration = time.Second
	}
	begun := time.Now()
	var workers sync.WaitGroup
	for _, h := range all {
		h.meter = newMeter(b, h.desk.app)
		if h.work != nil {
			workers.Go(func() { h.work.steps(b, h.desk.home.Dir, int(duration/pace), pace) })
		}
	}
	workers.Wait()
	time.Sleep(time.Until(begun.Add(duration)))
	return time.Since(begun)
}

// BenchmarkBusyStore measures the CPU time of a tray while other programs write in the store: a storm of files without pause, and a
// download. The floor is a bare program that watches the same directory at the same time.
func BenchmarkBusyStore(b *testing.B) {
	b.Run("storm", func(b *testing.B) { busyStore(b, comeAndGo, 20_000, 0) })
	b.Run("download", func(b *testing.B) { busyStore(b, grow, 5_000, pace) })
}

func busyStore(b *testing.B, work work, n int, pace time.Duration) {
	d := heldDesk(b, "mac-mini")
	bare := d.floor("print", d.store.dir).Start(b)
	testdesk.Must(bare.WaitLine(d.ctx(), "ready"))(b)
	for b.Loop() {
		time.Sleep(settled)
		ours, floor := newMeter(b, d.app), newMeter(b, bare)
		work.steps(b, d.store.dir, rounds(n), pace)
		d.store.write(b, record(os.Getpid(), host)) // the change that ends the measurement
		d.waitIcon(icons.HeldHere)
		testdesk.Must(bare.WaitLine(d.ctx(), "lock"))(b)
		against(b, "cpu-ms", milliseconds(ours.read().CPU), milliseconds(floor.read().CPU))
	}
	b.ReportMetric(0, "ns/op")
}
