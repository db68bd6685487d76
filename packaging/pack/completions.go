package main

import (
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"lockbar/internal/cli"
)

// completions are the files by the names that each shell looks for.
var completions = map[string]func(*cobra.Command, io.Writer) error{
	"lockbar":      func(c *cobra.Command, w io.Writer) error { return c.GenBashCompletionV2(w, true) },
	"_lockbar":     (*cobra.Command).GenZshCompletion,
	"lockbar.fish": func(c *cobra.Command, w io.Writer) error { return c.GenFishCompletion(w, true) },
}

// makeCompletions needs no built binary, which could not run here when it is for another system.
func makeCompletions(args []string) error {
	for name, generate := range completions {
		if err := makeCompletion(filepath.Join(args[0], name), generate); err != nil {
			return err
		}
	}
	return nil
}

func makeCompletion(path string, generate func(*cobra.Command, io.Writer) error) error {
	if err := write(path, nil, 0o644); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := generate(cli.Root(), f); err != nil {
		return err
	}
	return f.Close()
}
