package machine

import (
	"os"
	"os/user"
	"path/filepath"
)

// Home returns the user's home directory: $HOME (%USERPROFILE% on Windows) or, if that is not set or empty, the directory in the system's
// user database. On Unix Python's expanduser does the same if HOME is not set, so a program without an environment uses the same store as
// the daemon. Home returns "" if neither has the directory. On Linux and the BSDs a program that was built without cgo, as our Linux release
// is, reads only /etc/passwd; users of other services (LDAP, systemd-homed) need HOME there.
func Home() string {
	if dir, err := os.UserHomeDir(); err == nil && dir != "" {
		return dir
	}
	if u, err := user.Current(); err == nil {
		return u.HomeDir
	}
	return ""
}

// A Place describes the directory for one kind of a user's files: by the variable that names it on Windows, and by the variable and the
// default of the XDG base directory specification.
type Place struct {
	windows, xdg string
	standard     string // below the home directory
}

// Settings and State are the places of a program's settings and of its state.
var (
	Settings = Place{"AppData", "XDG_CONFIG_HOME", ".config"}
	State    = Place{"LocalAppData", "XDG_STATE_HOME", ".local/state"}
)

// Lockbar returns Lockbar's directory at a place; empty if neither the variable nor the home directory tells where that is.
func (p Place) Lockbar(goos string, env func(string) string, home string) string {
	switch goos {
	case "windows":
		return below(env(p.windows), "Lockbar")
	case "darwin":
		return below(home, "Library", "Application Support", "Lockbar")
	}
	return below(p.XDG(env, home), "lockbar")
}

// XDG returns the directory at a place by the XDG base directory specification, which requires that a relative path in the variable is
// ignored. It returns "" if it needs the home directory and the user has none.
func (p Place) XDG(env func(string) string, home string) string {
	if dir := env(p.xdg); filepath.IsAbs(dir) {
		return dir
	}
	return below(home, p.standard)
}

// below returns a path below dir; empty if dir is empty.
func below(dir string, path ...string) string {
	if dir == "" {
		return ""
	}
	return filepath.Join(dir, filepath.Join(path...))
}
