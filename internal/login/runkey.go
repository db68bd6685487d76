package login

import "strings"

// runCommand returns a value of the Run key, a command line. A Windows path cannot hold a quote, so
// windows.EscapeArg, which builds only for Windows, would not make it safer.
func runCommand(program string) string { return `"` + program + `" ` + argument }

// readRunCommand returns the program of a command line, quoted or not.
func readRunCommand(line string) string {
	line = strings.TrimSpace(line)
	if rest, ok := strings.CutPrefix(line, `"`); ok {
		program, _, _ := strings.Cut(rest, `"`)
		return program
	}
	program, _, _ := strings.Cut(line, " ")
	return program
}

// approved reads what Task Manager keeps beside the Run key: bit 0 of the first byte is set where its user switched the entry
// off. It is documented nowhere; seen are 02 and 06 for on, 03 and 07 for off.
func approved(data []byte) bool { return len(data) == 0 || data[0]&1 == 0 }
