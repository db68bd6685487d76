//go:build linux

package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpenAndDetails(t *testing.T) {
	w := newWorld(t)
	w.writeLock(foreign())
	opened := filepath.Join(w.root, "opened")
	script := "#!/bin/sh\nprintf %s \"$1\" >'" + opened + "'\n"
	if err := os.WriteFile(filepath.Join(w.root, "xdg-open"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := w.command("open")
	cmd.Env = append(cmd.Env, "PATH="+w.root+":"+os.Getenv("PATH"))
	finish(t, cmd).want(t, 0)
	if data, err := os.ReadFile(opened); err != nil || string(data) != w.dir {
		t.Errorf("%q, %v", data, err)
	}
	w.run("open", "--store", filepath.Join(w.root, "no")).want(t, exitError)
	w.run("open", "--store", w.dir, "--store", w.root).want(t, exitUsage)

	out := w.run("details").want(t, 0).out
	for _, line := range []string{"\nNotifications: not known to this command", "\nChanges: seen at once"} { // the menu's text has both
		if !strings.Contains(out, line) {
			t.Errorf("no %q in\n%s", line, out)
		}
	}
	for _, part := range []string{"Lockbar ", "(commit ", "Store: " + w.dir, "State: held-elsewhere", "PID 4242 of mac-mini", "Token: sha256:"} {
		if !strings.Contains(out, part) {
			t.Errorf("no %q in %q", part, out)
		}
	}
	cmd = w.command("details", "--copy")
	cmd.Env = append(cmd.Env, "PATH="+w.root)
	if r := finish(t, cmd).want(t, exitError); !strings.Contains(r.err, "install") || r.out != "" {
		t.Errorf("%q, %q", r.out, r.err)
	}
}
