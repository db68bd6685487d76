package cli

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// addCobras adds cobra's own commands and makes them report wrong usage on standard error, as all others do. For an unknown
// shell, cobra's completion prints help, which an eval would run.
func addCobras(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	help, _, _ := root.Find([]string{"help"})
	completion, _, _ := root.Find([]string{"completion"})
	help.Use, help.Short, help.Long = "help [COMMAND]", "Explain a command", "Explain a command, as its flag --help does."
	help.Run, help.RunE, help.Args, help.GroupID = nil, showHelp, knownCommand, groupApp
	completion.Use, completion.DisableFlagsInUseLine = "completion bash|zsh|fish|powershell", true
	completion.Short, completion.GroupID = "Print a script with which a shell completes commands and flags", groupApp
	completion.Long = "Print a script with which a shell completes lockbar's commands and flags. The help of each shell says where to put it."
	completion.Example = "  source <(lockbar completion bash)\n  lockbar completion fish --help"
	completion.Args = oneWord("bash", "zsh", "fish", "powershell")
	completion.RunE = func(cmd *cobra.Command, _ []string) error { return cmd.Help() } // never called: each valid argument is a subcommand
	for _, shell := range completion.Commands() {
		shell.Args, shell.Short = noArguments, "The script for "+shell.Name()
		generate := shell.RunE
		shell.RunE = func(cmd *cobra.Command, args []string) error { return commandError(generate(cmd, args)) }
	}
}

func showHelp(cmd *cobra.Command, args []string) error {
	about, _, err := cmd.Root().Find(args)
	if err != nil {
		return usageError(err)
	}
	about.InitDefaultHelpFlag()
	return about.Help()
}

// knownCommand accepts the words of a command: "status", "login enable", "completion bash".
func knownCommand(help *cobra.Command, args []string) error {
	about, rest, err := help.Root().Find(args)
	switch {
	case err != nil || len(rest) == 0 || slices.Contains(about.ValidArgs, rest[0]):
		return err
	case about.HasParent() && about.Args != nil:
		return about.Args(about, rest)
	}
	return onlyCommands(about, rest)
}

// plainUsages removes the backquotes from the help of flags. pflag's help interprets them; completions would show them.
func plainUsages(root *cobra.Command) {
	visitFlags(root, func(f *pflag.Flag) { _, f.Usage = pflag.UnquoteUsage(f) })
}

// visitFlags calls visit for the global flags and for the flags of root's direct subcommands.
func visitFlags(root *cobra.Command, visit func(*pflag.Flag)) {
	root.PersistentFlags().VisitAll(visit)
	for _, c := range root.Commands() {
		c.Flags().VisitAll(visit)
	}
}

// commandFirst moves the command's name to the front of the arguments. cobra accepts only global flags before it: in
// `lockbar --json status` it would read "status" as the value of --json.
func commandFirst(args []string, root *cobra.Command) []string {
	valued := valuedFlags(root)
	for i := 0; i < len(args); i++ {
		switch {
		case args[i] == "--":
			return args
		case strings.HasPrefix(args[i], "-"):
			if valued[args[i]] {
				i++
			}
		default:
			return slices.Concat(args[i:i+1], args[:i], args[i+1:])
		}
	}
	return args
}

// valuedFlags returns the flags whose value may be the next argument.
func valuedFlags(root *cobra.Command) map[string]bool {
	valued := map[string]bool{}
	visitFlags(root, func(f *pflag.Flag) {
		if f.NoOptDefVal == "" {
			valued["--"+f.Name], valued["-"+f.Shorthand] = true, true
		}
	})
	return valued
}

// setCompletions makes shells complete directories where a flag takes one, and files only where a file is valid. By default cobra offers
// files everywhere.
func setCompletions(root *cobra.Command) {
	root.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveNoFileComp)
	for _, name := range []string{"store", "state-dir"} {
		must(root.MarkPersistentFlagDirname(name))
	}
	must(root.RegisterFlagCompletionFunc("hostname", cobra.NoFileCompletions))
	for _, c := range root.Commands() {
		for _, name := range []string{"token", "lines", "pace"} {
			if c.Flags().Lookup(name) != nil {
				must(c.RegisterFlagCompletionFunc(name, cobra.NoFileCompletions))
			}
		}
		if c.Name() == "run" { // another program's arguments follow
			c.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveDefault)
		}
	}
}

// must panics on an error that only a mistake in this package can cause: a missing flag, or a second completion of a flag.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
