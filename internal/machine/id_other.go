//go:build !darwin && !windows

package machine

import (
	"strings"

	"lockbar/internal/fsx"
)

// files hold the id of an installation (machine-id(5)); D-Bus had it first. They may be links.
var files = []string{"/etc/machine-id", "/var/lib/dbus/machine-id"}

// maxSize bounds what is read: an id has 32 digits.
const maxSize = 256

// systemID is empty where there is none, or none yet: an image that is still to boot says "uninitialized".
func systemID() string {
	for _, path := range files {
		data, err := fsx.ReadLinked(path, maxSize)
		if id := strings.TrimSpace(string(data)); err == nil && id != "" && id != "uninitialized" {
			return id
		}
	}
	return ""
}
