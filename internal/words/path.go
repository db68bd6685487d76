package words

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Path returns a whole path, as the user has to type it. It quotes a path with unprintable characters, which a terminal might obey.
func Path(s string) string {
	if utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0 {
		return s
	}
	return strconv.Quote(s)
}
