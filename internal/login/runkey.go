package login

import "strings"

// runCommand returns a value of the Run key, which is a command line. A Windows path cannot hold a quotation mark, so windows.EscapeArg,
// which builds only for Windows, is not needed.
func runCommand(program string) string { return `"` + program + `" ` + argument }

// readRunCommand returns the program of a command line, with or without quotation marks.
func readRunCommand(line string) string {
	line = strings.TrimSpace(line)
	if rest, ok := strings.CutPrefix(line, `"`); ok {
		program, _, _ := strings.Cut(rest, `"`)
		return program
	}
	program, _, _ := strings.Cut(line, " ")
	return program
}

// approved reports whether Task Manager's value for an entry leaves it on: bit 0 of the first byte is set if the user switched it off.
// The format is undocumented; 02 and 06 were observed for on, 03 and 07 for off.
func approved(data []byte) bool { return len(data) == 0 || data[0]&1 == 0 }
