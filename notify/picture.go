package notify

import (
	"bytes"
	"path/filepath"

	"lockbar/icons"
	"lockbar/internal/fsx"
)

// maxPicture bounds what is read of a picture that may be there already: ours have a few kB.
const maxPicture = 256 << 10

// picture returns what the library is given as the picture.
//
//   - On macOS it is none. The library would prefer terminal-notifier where that is installed, which needs a permission of its own and
//     shows nothing on macOS 26, with exit 0. It opens the picture first, and "" can be opened nowhere, so it goes on to osascript.
//   - On Windows it is a file. From bytes the library makes one that it removes 100 ms later, while Windows reads it whenever it shows
//     the toast, also later in the notification center.
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

// pictureFile returns the path of a kind's picture in the state directory, and writes it where it is missing or another version's.
func pictureFile(stateDir string, k icons.Kind) (string, error) {
	path, want := filepath.Join(stateDir, "notification-"+k.String()+".png"), icons.Notification(k)
	if got, err := fsx.Read(path, maxPicture); err == nil && bytes.Equal(got, want) {
		return path, nil
	}
	return path, fsx.Replace(path, want, 0o600)
}
