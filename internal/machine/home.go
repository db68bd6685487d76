package machine

import (
	"os"
	"os/user"
)

// Home returns the user's home directory: $HOME (%USERPROFILE% on Windows), else that of the password database, as Python's
// expanduser does, so that a program without an environment means the store that the daemon means. Empty: neither knows. Without
// cgo, as on Linux, only /etc/passwd is asked; users of other services (LDAP, systemd-homed) need HOME.
func Home() string {
	if dir, err := os.UserHomeDir(); err == nil && dir != "" {
		return dir
	}
	if u, err := user.Current(); err == nil {
		return u.HomeDir
	}
	return ""
}
