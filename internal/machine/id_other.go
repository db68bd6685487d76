//go:build !darwin && !windows

package machine

import (
	"strings"

	"lockbar/internal/fsx"
)

// maxSize bounds the read, in bytes: an id has 32 digits.
const maxSize = 256

// systemID returns the id of the installation (machine-id(5)), or the older one of D-Bus.
func systemID() string { return idIn("/etc/machine-id", "/var/lib/dbus/machine-id") }

// idIn returns the id in the first of these files or links that has one, or "". An image that was never booted holds
// "uninitialized".
func idIn(files ...string) string {
	for _, path := range files {
		data, err := fsx.ReadLinked(path, maxSize)
		if id := strings.TrimSpace(string(data)); err == nil && id != "" && id != "uninitialized" {
			return id
		}
	}
	return ""
}
