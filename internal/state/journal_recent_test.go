package state

import (
	"fmt"
	"strings"
	"testing"
)

func TestRecentIsTheEnd(t *testing.T) {
	j := OpenJournal(t.TempDir())
	if lines, err := j.Recent(3); err != nil || len(lines) != 0 {
		t.Errorf("of none: %q, %v", lines, err)
	}
	for i := range 9 { // more than is read back
		if err := j.Append(map[string]string{"n": fmt.Sprint(i), "pad": strings.Repeat("x", tailSize/5)}); err != nil {
			t.Fatal(err)
		}
	}
	lines, err := j.Recent(2)
	if err != nil || len(lines) != 2 || !strings.Contains(string(lines[1]), `"8"`) {
		t.Errorf("%d lines, %v", len(lines), err)
	}
}
