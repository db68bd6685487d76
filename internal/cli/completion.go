package cli

import "github.com/spf13/cobra"

// completing says what shells offer: directories for directories, and files only where a file may stand. cobra offers files
// wherever it knows nothing better.
func completing(root *cobra.Command) {
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
		if c.Name() == "run" { // what follows is another program's
			c.CompletionOptions.SetDefaultShellCompDirective(cobra.ShellCompDirectiveDefault)
		}
	}
}

// must: the flags named here exist, and are given one completion each.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
