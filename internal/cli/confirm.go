package cli

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/term"
)

var (
	errDeclined    = errors.New("nothing was removed, as you wish")
	errNobodyToAsk = errors.New("nothing was removed: there is no terminal to ask at, so add --yes")
)

// confirm shows what would go and asks. It asks on standard error: standard output may be a file, or JSON.
func confirm(what []row, question string) error {
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return errNobodyToAsk
	}
	printRows(os.Stderr, paletteFor(os.Stderr), what)
	fmt.Fprint(os.Stderr, question, " [y/N] ")
	answer, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil {
		fmt.Fprintln(os.Stderr)
	}
	if !accepted(answer) {
		return errDeclined
	}
	return nil
}

// accepted: only a clear yes is one.
func accepted(answer string) bool {
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes"
}
