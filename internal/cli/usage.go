package cli

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Every usage error has one form: the error, a suggestion if there is one, and the help of the command. cobra's own texts speak of args
// and shorthands.

// forCommand returns the part of a sentence that names a command: ` for "status"`. It is empty for the program itself.
func forCommand(cmd *cobra.Command) string {
	if !cmd.HasParent() {
		return ""
	}
	return fmt.Sprintf(" for %q", strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()+" "))
}

// helpOf returns the command line that explains a command. For a hidden command it returns that of the program.
func helpOf(cmd *cobra.Command) string {
	if cmd.Hidden {
		cmd = cmd.Root()
	}
	return cmd.CommandPath() + " --help"
}

// didYouMean returns the end of a sentence about an unknown word, with the word to suggest; empty if there is none.
func didYouMean(word string) string {
	if word == "" {
		return ""
	}
	return ": did you mean " + word + "?"
}

// noArguments refuses any argument. It suggests a flag if only the dashes are missing.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	return fmt.Errorf("unexpected argument %q%s%s", args[0], forCommand(cmd), didYouMean(flagLike(cmd, args[0])))
}

// onlyCommands validates the arguments of the program itself. It refuses any: the first is an unknown command, or stands after a --, where
// cobra recognises no command.
func onlyCommands(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if of := ofDaemon(args); of != "" {
		return fmt.Errorf("unknown command %q; %s", args[0], of)
	}
	like := commandLike(root, args[0])
	if like == args[0] {
		return fmt.Errorf("unexpected -- before the command %q", like)
	}
	return fmt.Errorf("unknown command %q%s", args[0], didYouMean(like))
}

// ofDaemon returns a suggestion for a word that may be about the daemon; empty for any other word.
func ofDaemon(args []string) string {
	switch strings.ToLower(args[0]) {
	case "start":
		return "to start the daemon: lockbar daemon start; to show the icon: lockbar"
	case "stop":
		return "to stop the daemon: lockbar daemon stop"
	}
	return ""
}

// oneWord returns a check that accepts exactly one of these words.
func oneWord(words ...string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		choice := strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
		switch {
		case len(args) == 0:
			return fmt.Errorf("missing argument%s: %s", forCommand(cmd), choice)
		case !slices.Contains(words, args[0]):
			if near := nearest(args[0], words); near != "" {
				return fmt.Errorf("unknown argument %q%s%s", args[0], forCommand(cmd), didYouMean(near))
			}
			return fmt.Errorf("unknown argument %q%s: use %s", args[0], forCommand(cmd), choice)
		}
		return noArguments(cmd, args[1:])
	}
}

// atLeast returns a check that accepts n arguments or more.
func atLeast(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) < n {
			return fmt.Errorf("missing %s%s: %s", what, forCommand(cmd), cmd.UseLine())
		}
		return nil
	}
}

// exactly returns a check that accepts n arguments.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := atLeast(n, what)(cmd, args); err != nil {
			return err
		}
		return noArguments(cmd, args[n:])
	}
}

// exclusive makes a command refuse every argument, and one flag together with any of the others. Shells then do not complete such a pair.
// cobra would refuse it too, in its own words.
func exclusive(cmd *cobra.Command, one string, others ...string) {
	for _, other := range others {
		cmd.MarkFlagsMutuallyExclusive(one, other)
	}
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		for _, other := range others {
			if cmd.Flags().Changed(one) && cmd.Flags().Changed(other) {
				return fmt.Errorf("--%s and --%s cannot be given together", one, other)
			}
		}
		return noArguments(cmd, args)
	}
}

// flagError rewrites pflag's error about a flag.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var valueless *pflag.ValueRequiredError
	var bad *pflag.InvalidValueError
	var syntax *pflag.InvalidSyntaxError
	switch {
	case errors.As(err, &unknown):
		return unknownFlag(cmd, unknown.GetSpecifiedName(), unknown.GetSpecifiedShortnames())
	case errors.As(err, &valueless):
		return fmt.Errorf("missing value for %s", dashed(valueless.GetSpecifiedName()))
	case errors.As(err, &bad):
		return fmt.Errorf("invalid value %q for --%s: %s", bad.GetValue(), bad.GetFlag().Name, wrongValue(bad))
	case errors.As(err, &syntax):
		return fmt.Errorf("%q is not a flag", syntax.GetSpecifiedFlag())
	}
	return err
}

// unknownFlag returns the error for an unknown flag, given by its name or by the letters after a single dash. The letters may be the name
// of a flag: -json for --json.
func unknownFlag(cmd *cobra.Command, name, letters string) error {
	if letters == "" {
		return fmt.Errorf("unknown flag --%s%s%s", name, forCommand(cmd), didYouMean(flagLike(cmd, name)))
	}
	near := ""
	if len(letters) > 1 {
		near = flagLike(cmd, letters)
	}
	if strings.HasPrefix(near, "--") && strings.HasSuffix(near, letters) { // pflag read the first letter as a flag: -v of -version
		letters = strings.TrimLeft(near, "-")
	}
	return fmt.Errorf("unknown flag -%s%s%s", letters, forCommand(cmd), didYouMean(near))
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// wrongValue describes an invalid value of a flag.
func wrongValue(bad *pflag.InvalidValueError) string {
	_, notNumber := strconv.ParseFloat(bad.GetValue(), 64)
	switch kind := bad.GetFlag().Value.Type(); {
	case kind == "bool":
		return "not true or false"
	case errors.Is(bad, strconv.ErrRange):
		return "too large or too small a number"
	case kind == "int" && notNumber == nil:
		return "not a whole number"
	}
	return "not a number"
}

// flagLike returns the flag that a word may mean, with its dashes. For the program itself it also tries the flags of every command.
func flagLike(cmd *cobra.Command, word string) string {
	if near := ownFlagLike(cmd, word); near != "" || cmd.HasParent() {
		return near
	}
	for _, c := range cmd.Commands() {
		if near := ownFlagLike(c, word); near != "" && !c.Hidden {
			return c.CommandPath() + " " + near
		}
	}
	return ""
}

func ownFlagLike(cmd *cobra.Command, word string) string {
	var names []string
	add := func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	}
	cmd.LocalFlags().VisitAll(add)
	cmd.InheritedFlags().VisitAll(add)
	if near := nearest(word, names); near != "" {
		return "--" + near
	}
	return ""
}

// commandLike returns the command that a word may mean, by a synonym or a similar spelling.
func commandLike(root *cobra.Command, word string) string {
	var names []string
	for _, c := range root.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
		if slices.Contains(c.SuggestFor, strings.ToLower(word)) {
			return c.Name()
		}
	}
	return nearest(word, names)
}

// maxMistakes limits the wrong, missing and extra letters of a word that nearest recognises. cobra has the same limit.
const maxMistakes = 2

// minBeginning is the least number of letters by which nearest recognises the beginning of a word.
const minBeginning = 3

// nearest returns the word that was probably meant: the one with the fewest mistakes, preferably with the same first letter. If only one
// word begins with the typed letters, it wins over a word with maxMistakes: "hist" is history, not hosts.
func nearest(typed string, words []string) string {
	typed = strings.ToLower(typed)
	best, fewest := "", min(maxMistakes, len(typed)-1)+1
	for _, w := range words {
		n := distance(typed, w)
		if n < fewest || n == fewest && best != "" && w[0] == typed[0] && best[0] != typed[0] {
			best, fewest = w, n
		}
	}
	if best != "" && fewest < maxMistakes || len(typed) < minBeginning {
		return best
	}
	begun := ""
	for _, w := range words {
		switch {
		case !strings.HasPrefix(w, typed):
		case begun != "":
			return best
		default:
			begun = w
		}
	}
	return cmp.Or(begun, best)
}

// distance returns the Levenshtein distance: the number of letters to replace, insert or delete.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}
