package lockcore

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// SameHost compares names as DNS does: without regard to case and to a final dot.
func SameHost(a, b string) bool {
	return strings.EqualFold(strings.TrimSuffix(a, "."), strings.TrimSuffix(b, "."))
}

// validHostname reports whether a name that a person gave can be one: not empty, UTF-8, no control characters.
func validHostname(name string) bool {
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
