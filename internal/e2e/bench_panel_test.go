//go:build linux

package e2e

import (
	"errors"
	"os"
	"testing"
	"time"

	"lockbar/icons"
	"lockbar/internal/testdesk"
	"lockbar/internal/testfs"
)

// BenchmarkPanel measures the memory of Lockbar's tray under the desktop round's panel, which calls Lockbar more often than testdesk's
// panel does.
func BenchmarkPanel(b *testing.B) {
	o := *roundFlags
	o.lockbar, o.out = testdesk.Lockbar(b), b.TempDir()
	if err := errors.Join(o.check(), checkPrograms(o)); err != nil {
		b.Skip(err)
	}
	d := newDesktop(b.Context(), b, o)
	for b.Loop() {
		r := newRound(d)
		for _, do := range []func() error{
			d.up, d.runPanel,
			func() error { return os.Mkdir(r.store.dir, 0o700) },
			r.startApp,
			r.becomes(icons.Unlocked).look,
			r.hold,
			r.becomes(icons.HeldHere).look,
		} {
			testfs.Check(b, do())
		}
		time.Sleep(settled)
		b.ReportMetric(megabytes(testdesk.UsageOf(b, r.app.PID()).RSS), "rss-MB")
	}
	b.ReportMetric(0, "ns/op")
}
