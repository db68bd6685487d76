package machine

import (
	"strings"
	"testing"
)

func TestParseInnerPID(t *testing.T) {
	for _, c := range []struct {
		name, status string
		want         int
	}{
		{"our namespace", "Name:\tx\nNStgid:\t7\nNSpid:\t7\nNSpgid:\t1\n", 0},
		{"one within", "Name:\tx\nNStgid:\t7\t3\nNSpid:\t7\t3\nNSpgid:\t1\t1\n", 3},
		{"three within", "Name:\tx\nNSpid:\t700\t30\t2\t1\n", 1},
		{"the last line, cut off", "Name:\tx\nNSpid:\t700\t30", 30},
		{"a name that imitates the line", "Name:\tx\\nNSpid:\t7\t9\nNSpid:\t7\n", 0},
		{"the first line is a name", "NSpid:\t7\t9\n", 0},
		{"no such line, before Linux 4.1", "Name:\tx\nPid:\t7\n", 0},
		{"empty line", "Name:\tx\nNSpid:\n", 0},
		{"not a number", "Name:\tx\nNSpid:\t7\tx\n", 0},
		{"zero", "Name:\tx\nNSpid:\t7\t0\n", 0},
		{"negative", "Name:\tx\nNSpid:\t7\t-3\n", 0},
		{"too large", "Name:\tx\nNSpid:\t7\t2147483648\n", 0},
		{"nothing", "", 0},
	} {
		if got := parseInnerPID([]byte(c.status)); got != c.want {
			t.Errorf("%s: got %d, want %d", c.name, got, c.want)
		}
	}
}

func TestParseTitleArea(t *testing.T) {
	// Fields 4 to 47 of /proc/PID/stat, before those of the area.
	stat := func(area string) string { return "7 (x) S" + strings.Repeat(" 1", 44) + " " + area + " 0 0\n" }
	for _, c := range []struct {
		name, stat             string
		arguments, environment int
	}{
		{"plain", stat("1000 1030 1030 1100"), 30, 70},
		{"a name with a parenthesis", strings.Replace(stat("1000 1030 1030 1100"), "(x)", "(a) b (c)", 1), 30, 70},
		{"no environment", stat("1000 1030 1030 1030"), 30, 0},
		{"near the end of the address space", stat("140737488351000 140737488351030 140737488351030 140737488351100"), 30, 70},
		{"another user's", stat("0 0 0 0"), 0, 0},
		{"no arguments", stat("1000 1000 1000 1100"), 0, 0},
		{"the environment is elsewhere", stat("1000 1030 1040 1100"), 0, 0},
		{"backwards", stat("1030 1000 1000 1100"), 0, 0},
		{"an environment that ends before it begins", stat("1000 1030 1030 1020"), 0, 0},
		{"not a number", stat("1000 1030 x 1100"), 0, 0},
		{"above the range of a length", stat("1 18446744073709551615 18446744073709551615 18446744073709551615"), 0, 0},
		{"cut off", "7 (x) S" + strings.Repeat(" 1", 47), 0, 0},
		{"before Linux 3.5", "7 (x) S 1 2 3", 0, 0},
		{"nothing", "", 0, 0},
	} {
		arguments, environment := parseTitleArea([]byte(c.stat))
		if arguments != c.arguments || environment != c.environment {
			t.Errorf("%s: got %d and %d, want %d and %d", c.name, arguments, environment, c.arguments, c.environment)
		}
	}
}
