package tray

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lockbar/internal/desktop"
	"lockbar/internal/page"
	"lockbar/internal/testfs"
)

// desk makes a home whose browser is a snap, and programs that open and copy. It returns the home, and
// the file that receives what is copied.
func desk(t *testing.T) (home, clipboard string) {
	t.Helper()
	home, programs := t.TempDir(), t.TempDir()
	clipboard = filepath.Join(programs, "clipboard")
	t.Setenv("HOME", home)
	t.Setenv("PATH", programs)
	t.Setenv("WAYLAND_DISPLAY", "")
	for name, script := range map[string]string{"xdg-mime": "echo firefox_firefox.desktop", "xdg-open": "exit 0", "xclip": "exec /bin/cat >" + clipboard} {
		testfs.Check(t, os.WriteFile(filepath.Join(programs, name), []byte("#!/bin/sh\n"+script+"\n"), 0o700))
	}
	testfs.Check(t, os.MkdirAll(filepath.Join(home, "snap", "firefox", "common", desktop.Command), 0o700))
	return home, clipboard
}

// clicked performs a click and waits for its result. The page of a demo lasts until ctx ends.
func clicked(t *testing.T, ctx context.Context, l *loop, do actionKind) {
	t.Helper()
	l.click(ctx, action{Do: do})
	if r := <-l.results; r.Err != nil {
		t.Fatal(r.Err)
	}
}

func content(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	testfs.Check(t, err)
	return string(data)
}

// TestDemoLeavesThePageAlone checks that a demo's page does not replace the user's, is marked, and is removed at its end.
func TestDemoLeavesThePageAlone(t *testing.T) {
	home, _ := desk(t)
	common := filepath.Join(home, "snap", "firefox", "common")
	users := filepath.Join(common, desktop.Command, page.Name)
	testfs.Check(t, os.WriteFile(users, []byte("the user's"), 0o600))
	l := newLoop(Config{StateDir: t.TempDir(), Demo: true}, newLogs(io.Discard, false))
	ctx, end := context.WithCancel(t.Context())
	defer end()
	clicked(t, ctx, l, doOpenHistory)
	if got := content(t, users); got != "the user's" {
		t.Errorf("the user's page is %s", got)
	}
	demos := filepath.Join(common, desktop.Command+"-demo")
	if got := content(t, filepath.Join(demos, page.Name)); !strings.Contains(got, "<title>Demo: ") || !strings.Contains(got, "<h1>Demo: ") {
		t.Errorf("the demo's page is %s", got)
	}
	end()
	l.work.Wait()
	if _, err := os.Lstat(demos); !os.IsNotExist(err) {
		t.Errorf("the demo's directory was not removed: %v", err)
	}
}

// TestShownTimesAreOfTheZoneOfNow checks, in a child process whose time zone changes after its start, that times are in the new zone.
func TestShownTimesAreOfTheZoneOfNow(t *testing.T) {
	const child = "LOCKBAR_TEST_ZONE"
	if os.Getenv(child) == "" {
		cmd := exec.Command(os.Args[0], "-test.run=^TestShownTimesAreOfTheZoneOfNow$")
		cmd.Env = slices.DeleteFunc(append(os.Environ(), child+"=1"), func(v string) bool { return strings.HasPrefix(v, "TZ=") })
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
		return
	}
	time.Local = time.FixedZone("START", 45*60)
	home, clipboard := desk(t)
	l := newLoop(Config{StateDir: t.TempDir()}, newLogs(io.Discard, false))
	clicked(t, t.Context(), l, doOpenHistory)
	if got := content(t, filepath.Join(home, "snap", "firefox", "common", desktop.Command, page.Name)); strings.Contains(got, "START") {
		t.Errorf("the history: %s", got)
	}
	clicked(t, t.Context(), l, doCopyDetails)
	if got := content(t, clipboard); strings.Contains(got, "+00:45") || !strings.Contains(got, time.Now().UTC().Format("2006")) {
		t.Errorf("the details: %s", got)
	}
}
