package doctor

import (
	"os"
	"strings"

	"golang.org/x/sys/unix"

	"lockbar/internal/words"
)

// systemName returns the distribution's own name (os-release(5)) and the kernel.
func systemName() string {
	name := "Linux"
	for _, path := range []string{"/etc/os-release", "/usr/lib/os-release"} {
		if data, err := os.ReadFile(path); err == nil {
			name = prettyName(string(data))
			break
		}
	}
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return name
	}
	return name + ", kernel " + words.Clean(unix.ByteSliceToString(u.Release[:]))
}

func prettyName(text string) string {
	for line := range strings.Lines(text) {
		if value, ok := strings.CutPrefix(line, "PRETTY_NAME="); ok {
			return words.Clean(strings.Trim(strings.TrimSpace(value), `"'`))
		}
	}
	return "Linux"
}
