package machine

import (
	"os"
	"os/user"
)

// Home returns the user's home directory: $HOME (%USERPROFILE% on Windows), else that of the password database, as Python's
// expanduser does, so that a program without an environment uses the same store as the daemon. It returns "" if neither has it.
// Without cgo, as on Linux, only /etc/passwd is read; users of other services (LDAP, systemd-homed) need HOME.
func Home() string {
	if dir, err := os.UserHomeDir(); err == nil && dir != "" {
		return dir
	}
	if u, err := user.Current(); err == nil {
		return u.HomeDir
	}
	return ""
}
