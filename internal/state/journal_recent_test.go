package state

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"lockbar/internal/report"
	"lockbar/internal/testfs"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

func TestRecentIsTheEnd(t *testing.T) {
	j := OpenJournal(t.TempDir())
	if lines, err := j.Recent(3); err != nil || len(lines) != 0 {
		t.Errorf("of none: %q, %v", lines, err)
	}
	for i := range 9 { // more than is read back
		look := lockcore.Snapshot{Store: testfs.Abs("/") + strings.Repeat("x", tailSize/5), Token: lockcore.Token(fmt.Sprint("n", i))}
		if err := j.Record(report.NewEntry(watch.LockChanged, nil, report.NewStatus(look, time.Now()))); err != nil {
			t.Fatal(err)
		}
	}
	lines, err := j.Recent(2)
	if err != nil || len(lines) != 2 || !strings.Contains(string(lines[1]), `"n8"`) {
		t.Errorf("%d lines, %v", len(lines), err)
	}
}
