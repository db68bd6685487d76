package notify

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"lockbar/icons"
	"lockbar/internal/testfs"
)

// TestPicture checks the form of the picture on each system. On macOS there is none, since beeep would show a message with one by
// terminal-notifier.
func TestPicture(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	if got := picture("darwin", dir, icons.Stale); got != "" {
		t.Errorf("macOS: %v", got)
	}
	for goos, dir := range map[string]string{"linux": dir, "windows": ""} {
		if got, ok := picture(goos, dir, icons.Stale).([]byte); !ok || len(got) == 0 {
			t.Errorf("%s in %q: %v", goos, dir, got)
		}
	}
	if got, want := picture("windows", dir, icons.Stale), filepath.Join(dir, "notification-stale.png"); got != want {
		t.Errorf("Windows: %v, want %q", got, want)
	}
}

// TestPictureFile checks that the file is written only if it is missing or differs.
func TestPictureFile(t *testing.T) {
	dir := t.TempDir()
	path, err := pictureFile(dir, icons.Contested)
	testfs.Check(t, err)
	first := stat(t, path)
	if _, err := pictureFile(dir, icons.Contested); err != nil || !os.SameFile(first, stat(t, path)) {
		t.Errorf("the same picture was written again; %v", err)
	}
	testfs.Check(t, os.WriteFile(path, []byte("half"), 0o600))
	_, err = pictureFile(dir, icons.Contested)
	if got, _ := os.ReadFile(path); err != nil || !bytes.Equal(got, icons.Notification(icons.Contested)) {
		t.Errorf("the wrong content was not replaced: %d bytes, %v", len(got), err)
	}
}

func stat(t *testing.T, path string) os.FileInfo {
	t.Helper()
	info, err := os.Stat(path)
	testfs.Check(t, err)
	return info
}

// TestPictureWithoutAPlace checks that the picture is passed as bytes if its file cannot be written.
func TestPictureWithoutAPlace(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	testfs.Check(t, os.WriteFile(file, nil, 0o600))
	if got, ok := picture("windows", file, icons.Stale).([]byte); !ok || len(got) == 0 {
		t.Errorf("%v", got)
	}
}
