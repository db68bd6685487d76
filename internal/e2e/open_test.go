//go:build linux

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"lockbar/icons"
)

// TestStoreAndHistoryAreOpened tests that both are opened by xdg-open, here a script that writes its argument to a file.
func TestStoreAndHistoryAreOpened(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	opened := filepath.Join(t.TempDir(), "opened")
	path := "PATH=" + xdgOpen(t, opened) + ":" + os.Getenv("PATH")
	d.store.takeOver(t, "mac-air")
	d.startWith([]string{path}).waitIcon(icons.HeldElsewhere)
	d.store.takeOver(t, "mac-mini")
	waitFile(d, filepath.Join(d.home.State(), "history.jsonl"), func(data string) bool { return strings.Contains(data, `"taken-over"`) })
	d.waitLine("Recent Activity")
	d.choose("Open Store")
	waitFile(d, opened, func(data string) bool { return data == d.store.dir })
	d.choose("Open History")
	page := filepath.Join(d.home.State(), "history.html")
	waitFile(d, opened, func(data string) bool { return data == page })
	data, err := os.ReadFile(page)
	if err != nil || !strings.Contains(string(data), "mac-mini took over from mac-air</td>") {
		t.Errorf("%q, %v", data, err)
	}
}

// xdgOpen makes a directory with a fake xdg-open. No process is forked during the write: a child would inherit the open file, and
// executing the script would fail with ETXTBSY.
func xdgOpen(t *testing.T, opened string) string {
	t.Helper()
	dir := t.TempDir()
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	script := "#!/bin/sh\nprintf %s \"$1\" >'" + opened + "'\n"
	if err := os.WriteFile(filepath.Join(dir, "xdg-open"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return dir
}
