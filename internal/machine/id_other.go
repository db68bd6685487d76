//go:build !darwin && !windows

package machine

import (
	"strings"

	"lockbar/internal/fsx"
)

// maxSize bounds what is read: an id has 32 digits.
const maxSize = 256

// systemID returns the id of the installation (machine-id(5)); D-Bus had it first.
func systemID() string { return idIn("/etc/machine-id", "/var/lib/dbus/machine-id") }

// idIn returns the id in the first of these files or links that has one; empty if none has. An image that is still to boot says "uninitialized".
func idIn(files ...string) string {
	for _, path := range files {
		data, err := fsx.ReadLinked(path, maxSize)
		if id := strings.TrimSpace(string(data)); err == nil && id != "" && id != "uninitialized" {
			return id
		}
	}
	return ""
}
