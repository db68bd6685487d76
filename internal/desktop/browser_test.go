package desktop

import (
	"os"
	"path/filepath"
	"testing"

	"lockbar/internal/testfs"
)

func TestPageDir(t *testing.T) {
	home := t.TempDir()
	own := filepath.Join(home, "snap", "firefox", "common")
	testfs.Check(t, os.MkdirAll(own, 0o700))
	for handler, want := range map[string]string{
		"firefox_firefox.desktop":     filepath.Join(own, "lockbar"),
		"firefox.desktop":             "/state",
		"org.mozilla.firefox.desktop": "/state", // a flatpak: its entry passes the file on
		"chromium_chromium.desktop":   "/state", // a snap that never ran
		"../firefox_x.desktop":        "/state",
		"_.desktop":                   "/state",
		"":                            "/state",
	} {
		if got := pageDir("/state", "lockbar", home, handler); got != want {
			t.Errorf("%q: %s, want %s", handler, got, want)
		}
	}
	if got := pageDir("/state", "lockbar", "", "firefox_firefox.desktop"); got != "/state" {
		t.Errorf("without a home: %s", got)
	}
}
