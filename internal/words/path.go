package words

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Path shows a path whole, as the user has to type it; one that a terminal might obey is quoted.
func Path(s string) string {
	if utf8.ValidString(s) && strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) < 0 {
		return s
	}
	return strconv.Quote(s)
}
