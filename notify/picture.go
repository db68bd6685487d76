package notify

import (
	"bytes"
	"path/filepath"

	"lockbar/icons"
	"lockbar/internal/fsx"
)

// maxPicture limits the bytes that are read of an existing picture: ours have a few kB.
const maxPicture = 256 << 10

// picture returns the picture in the form for the library.
//
//   - On macOS it is "", none. The library prefers terminal-notifier if that is installed, but that needs a permission of its own and
//     shows nothing on macOS 26, with exit 0. The library opens the picture first, and since "" cannot be opened, it uses osascript.
//   - On Windows it is the path of a file. From bytes the library makes a file that it removes 100 ms later, but Windows reads the file
//     whenever it shows the toast, also later in the notification center.
//   - Elsewhere it is a PNG.
func picture(goos, stateDir string, k icons.Kind) any {
	switch {
	case goos == "darwin":
		return ""
	case goos == "windows" && stateDir != "":
		if path, err := pictureFile(stateDir, k); err == nil {
			return path
		}
	}
	return icons.Notification(k)
}

// pictureFile returns the path of a kind's picture in the state directory. It writes the picture if it is missing or of another version.
func pictureFile(stateDir string, k icons.Kind) (string, error) {
	path, want := filepath.Join(stateDir, "notification-"+k.String()+".png"), icons.Notification(k)
	if got, err := fsx.Read(path, maxPicture); err == nil && bytes.Equal(got, want) {
		return path, nil
	}
	return path, fsx.Replace(path, want, 0o600)
}
