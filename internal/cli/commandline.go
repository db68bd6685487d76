package cli

import (
	"runtime"
	"strings"

	"lockbar/internal/config"
	"lockbar/internal/words"
)

// commandLine returns a lockbar command to type for one of the stores. It adds --store if another store could be meant.
func (s settings) commandLine(store string, command ...string) string {
	args := append([]string{"lockbar"}, command...)
	if len(s.stores) > 1 || len(s.doubts) > 0 || s.origins[store] == config.FromFlag {
		args = append(args, "--store", store)
	}
	args = append(args, s.given...)
	for i, arg := range args {
		args[i] = quoted(arg, runtime.GOOS)
	}
	return strings.Join(args, " ")
}

// plainSigns lists the characters that need no quotes. It omits ~, special at the start of a word, and \, special outside Windows.
const plainSigns = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%"

// quoted quotes an argument for a shell. An argument with unprintable characters cannot be typed; it is shown as path shows it.
func quoted(arg, goos string) string {
	signs := plainSigns
	if goos == "windows" {
		signs = strings.ReplaceAll(signs, ",", "") + `\` // a comma makes a list in PowerShell
	}
	switch {
	case arg != "" && strings.Trim(arg, signs) == "":
		return arg
	case path(arg) != arg:
		return path(arg)
	case goos == "windows":
		// A Windows path has no quotation mark, so none is escaped (a --hostname with one is not worth it). A backslash before the closing
		// mark would escape the mark (CommandLineToArgvW).
		end := arg[len(strings.TrimRight(arg, `\`)):]
		return `"` + arg + end + `"`
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
}

// commands returns the commands that texts about a store suggest.
func (s settings) commands(store string) words.Commands {
	return words.Commands{
		Unlock: s.commandLine(store, "unlock"),
		Copies: s.commandLine(store, "unlock", "--copies"),
	}
}
