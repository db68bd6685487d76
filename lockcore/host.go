package lockcore

import (
	"os"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Hostname is what gethostname(2) gives, the name that a daemon of this host writes.
func Hostname() (string, error) { return os.Hostname() }

// SameHost compares names as DNS does: without regard to case and to a final dot.
func SameHost(a, b string) bool {
	return strings.EqualFold(strings.TrimSuffix(a, "."), strings.TrimSuffix(b, "."))
}

// ValidHostname reports whether a name that a person gave can be one: not empty, UTF-8, no control characters.
func ValidHostname(name string) bool {
	return name != "" && utf8.ValidString(name) && strings.IndexFunc(name, unicode.IsControl) < 0
}

func containsHost(names []string, name string) bool {
	for _, n := range names {
		if SameHost(n, name) {
			return true
		}
	}
	return false
}
