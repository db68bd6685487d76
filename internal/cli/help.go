package cli

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Groups of commands, in the order of the help.
const (
	groupLook   = "look"
	groupChange = "change"
	groupApp    = "app"
)

var groups = []*cobra.Group{
	{ID: groupLook, Title: "To look (changes nothing in the store)"},
	{ID: groupChange, Title: "To change who holds the store"},
	{ID: groupApp, Title: "For the app and the shell"},
}

// helpWidth is the width of help in columns, the default width of terminals.
const helpWidth = 80

// rootHelp begins the help of the program.
const rootHelp = `Lockbar shows who uses the store of iai-mcp, in the menu bar and on the command line. It tells you when another
computer takes the store over or a crash leaves a lock behind, and removes such a lock safely.

iai-mcp is a memory for coding assistants: a daemon on your computer that keeps what they learn in a store, the directory ~/.iai-mcp.
Its file .locked, the lock, names the one daemon that may write there. If the directory is synced to other computers, so is the lock.`

// rootUsages lists the ways to call the program.
const rootUsages = `  lockbar                      show the icon in the menu bar
  lockbar [flags] COMMAND ...  do what COMMAND says, in the terminal
`

// storesHelp ends the help of the program.
const storesHelp = `Which store: --store, or $IAI_MCP_STORE, or what the config file lists, or the IAI_MCP_STORE of the daemon's own launchd
agent, systemd user unit or scheduled task, or ~/.iai-mcp; the first one that is found counts.

The config file is the one that $LOCKBAR_CONFIG names, or config.json in ~/Library/Application Support/Lockbar (macOS),
$XDG_CONFIG_HOME/lockbar or ~/.config/lockbar (Linux), %AppData%\Lockbar (Windows). Its entries, with their
defaults (without "stores", the next place above counts):

  {
    "stores": ["~/.iai-mcp"],
    "notify": {"takeover": true, "stale": true, "crashes": true, "contested": true,
               "corrupt": true, "resurrected": true, "away": true},
    "paused_until": null,
    "talk": true
  }
`

// setHelp makes the commands print help in our form. cobra's form uses templates, which would add a megabyte to the program.
func setHelp(root *cobra.Command) {
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { writeHelp(cmd.OutOrStdout(), cmd) })
	root.SetUsageFunc(func(cmd *cobra.Command) error {
		writeUsage(cmd.OutOrStderr(), cmd)
		return nil
	})
}

func writeHelp(w io.Writer, cmd *cobra.Command) {
	text := cmd.Long
	if text == "" {
		text = cmd.Short + "."
	}
	fmt.Fprintf(w, "%s\n\n", wrapped(strings.TrimSpace(text), helpWidth))
	writeUsage(w, cmd)
	if !cmd.HasParent() {
		fmt.Fprintf(w, "\n%s\n", wrapped(strings.TrimRight(storesHelp, "\n"), helpWidth))
	}
}

func writeUsage(w io.Writer, cmd *cobra.Command) {
	if !cmd.HasParent() {
		writeRootUsage(w, cmd)
		return
	}
	fmt.Fprintf(w, "Usage:\n  %s\n", cmd.UseLine())
	if cmd.HasAvailableSubCommands() {
		fmt.Fprint(w, "\nOne of:\n")
		writeCommands(w, cmd.Commands())
	}
	if cmd.Example != "" {
		fmt.Fprintf(w, "\nExamples:\n%s\n", cmd.Example)
	}
	writeFlags(w, "Flags", cmd.LocalFlags())
	fmt.Fprintf(w, "\nFlags of every command: %s\n", flagNames(cmd.InheritedFlags()))
}

func writeRootUsage(w io.Writer, root *cobra.Command) {
	fmt.Fprint(w, "Usage:\n", rootUsages)
	writeGroups(w, root)
	fmt.Fprintf(w, "\nExamples:\n%s\n", root.Example)
	writeFlags(w, "Flags, before or after COMMAND", root.LocalFlags())
	fmt.Fprint(w, "\nTo read more about a command: lockbar COMMAND --help\n")
}

func flagNames(flags *pflag.FlagSet) string {
	var names []string
	flags.VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, "--"+f.Name)
		}
	})
	return strings.Join(names, ", ")
}

func writeGroups(w io.Writer, root *cobra.Command) {
	for _, g := range root.Groups() {
		fmt.Fprintf(w, "\n%s:\n", g.Title)
		var members []*cobra.Command
		for _, c := range root.Commands() {
			if c.GroupID == g.ID {
				members = append(members, c)
			}
		}
		writeCommands(w, members)
	}
}

func writeCommands(w io.Writer, commands []*cobra.Command) {
	const width = len("completion")
	for _, c := range commands {
		if !c.Hidden {
			fmt.Fprintf(w, "  %-*s  %s\n", width, c.Name(), c.Short)
		}
	}
}

func writeFlags(w io.Writer, title string, flags *pflag.FlagSet) {
	if flags.HasAvailableFlags() {
		fmt.Fprintf(w, "\n%s:\n%s", title, flags.FlagUsagesWrapped(helpWidth))
	}
}

// wrapped breaks the paragraphs of text into lines of at most width columns. It keeps indented lines, which are code.
func wrapped(text string, width int) string {
	var lines []string
	open := false // the last line may be continued
	for line := range strings.SplitSeq(text, "\n") {
		if line == "" || line[0] == ' ' || line[0] == '\t' {
			lines, open = append(lines, line), false
			continue
		}
		for word := range strings.FieldsSeq(line) {
			last := len(lines) - 1
			if open && utf8.RuneCountInString(lines[last])+1+utf8.RuneCountInString(word) <= width {
				lines[last] += " " + word
				continue
			}
			lines, open = append(lines, word), true
		}
	}
	return strings.Join(lines, "\n")
}
