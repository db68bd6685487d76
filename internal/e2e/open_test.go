//go:build linux

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lockbar/icons"
)

// TestStoreAndHistoryAreOpened tests that the menu opens the store and the history with xdg-open. Here that is a script that writes its
// argument to a file.
func TestStoreAndHistoryAreOpened(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	bin := t.TempDir()
	opened := filepath.Join(bin, "opened")
	writeScript(t, filepath.Join(bin, "xdg-open"), "#!/bin/sh\nprintf %s \"$1\" >'"+opened+"'\n")
	d.env = []string{"PATH=" + bin + ":" + os.Getenv("PATH")}
	d.store.takeOver(t, "mac-air")
	d.start().waitIcon(icons.HeldElsewhere)
	d.store.takeOver(t, "mac-mini")
	d.waitHistory("taken-over")
	d.waitLine("Recent Activity")
	d.choose("Open Store")
	waitFile(d, opened, func(data string) bool { return data == d.store.dir })
	d.choose("Open History")
	page := filepath.Join(d.home.State(), "history.html")
	waitFile(d, opened, func(data string) bool { return data == page })
	data, err := os.ReadFile(page)
	if err != nil || !strings.Contains(string(data), "mac-mini took over from mac-air</td>") {
		t.Errorf("the page is %q, %v", data, err)
	}
}
