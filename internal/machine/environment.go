package machine

import (
	"slices"
	"strings"
	"unicode/utf16"
)

// parseEnvironment reads the environment block of a process on Windows: strings that end with NUL, then an empty one. whole is
// false if the block has another form, for example because the process replaced it while it was read.
func parseEnvironment(block []uint16) (env []string, whole bool) {
	for {
		n := slices.Index(block, 0)
		if n <= 0 {
			return env, n == 0 && len(env) > 0
		}
		entry := string(utf16.Decode(block[:n]))
		if !strings.Contains(entry, "=") {
			return nil, false
		}
		env, block = append(env, entry), block[n+1:]
	}
}
