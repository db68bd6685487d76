package fsx_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"lockbar/internal/fsx"
	"lockbar/internal/testfs"
)

func TestWithin(t *testing.T) {
	dir := t.TempDir()
	for path, want := range map[string]bool{
		dir: true, dir + "/a/b": true, dir + "/x/../a": true, dir + "/..": false, dir + "x": false, dir + "/../a": false, "/": false,
	} {
		if got := fsx.Within(path, dir); got != want {
			t.Errorf("Within(%q, %q) is %v", path, dir, got)
		}
	}
}

// TestInTimeOf checks that a directory that did not answer in time is not asked again until that question ends.
func TestInTimeOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dead := make(chan bool)
		ask := func(dir string, question func() bool) (yes bool, waited time.Duration) {
			began := time.Now()
			yes, _ = fsx.InTimeOf(context.Background(), dir, fsx.ReadTimeout, question)
			return yes, time.Since(began)
		}
		never := func() bool { t.Error("a directory that does not answer was asked again"); return true }
		if yes, waited := ask("/dead", func() bool { return <-dead }); yes || waited != fsx.ReadTimeout {
			t.Errorf("the first question: %v after %v", yes, waited)
		}
		if yes, waited := ask("/dead", never); yes || waited != 0 {
			t.Errorf("the second question: %v after %v", yes, waited)
		}
		if yes, _ := ask("/alive", func() bool { return true }); !yes {
			t.Error("another directory does not answer")
		}
		dead <- true
		synctest.Wait()
		if yes, _ := ask("/dead", func() bool { return true }); !yes {
			t.Error("the directory was not asked again")
		}
	})
}

// TestAbove checks that an error of lstat(2) does not count as a found file. A name that is too long causes the error, since
// a forbidden directory does not stop root.
func TestAbove(t *testing.T) {
	dir := t.TempDir()
	testfs.Check(t, os.WriteFile(filepath.Join(dir, "mark"), nil, 0o600))
	if got := fsx.Above(filepath.Join(dir, "a", "b"), "mark"); got != fsx.Resolved(dir) {
		t.Errorf("the directory above is %q, want %q", got, dir)
	}
	if got := fsx.Above(dir, strings.Repeat("x", 300)); got != "" {
		t.Errorf("a file was seen in %q", got)
	}
}
