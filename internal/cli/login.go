package cli

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"lockbar/internal/login"
	"lockbar/internal/words"
)

func newLogin(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:                   "login enable|disable|status [flags]",
		Short:                 "Choose whether Lockbar starts when you log in",
		DisableFlagsInUseLine: true,
		Example:               "  lockbar login enable\n  lockbar login status --json",
		SuggestFor:            []string{"autostart", "startup", "boot", "enable", "disable"},
		Long: `Choose whether Lockbar starts when you log in. The choice takes effect at the next login: nothing is started or ended now.
Lockbar then takes its settings from the config file, not from this command's flags.

On macOS 12, status still prints enabled for an entry that launchctl has disabled.

Exit code: 0 done; 1 it could not be done; 3 refused: this program cannot be started at the next login from its place, such as a
temporary directory, Go's build cache or a disk image.`,
		Args:      oneWord("enable", "disable", "status"),
		ValidArgs: []string{"enable", "disable", "status"},
	}
	asJSON := cmd.Flags().Bool("json", false, "print the result as a JSON object")
	cmd.RunE = g.plainCommand(func(cmd *cobra.Command, _ settings, args []string) error {
		for _, name := range []string{"store", "state-dir", "hostname"} {
			if cmd.Flags().Changed(name) {
				return usageError(fmt.Errorf("login takes no --%s: at login Lockbar reads the config file", name))
			}
		}
		login.EnterApp()
		return runLogin(args[0], *asJSON)
	})
	return cmd
}

// loginActions holds what each action does before the entry is shown.
var loginActions = map[string]func() error{
	"enable":  login.Enable,
	"disable": login.Disable,
	"status":  func() error { return nil },
}

func runLogin(action string, asJSON bool) error {
	if err := loginActions[action](); err != nil {
		return loginFailure(err)
	}
	s, err := login.Status()
	if err != nil {
		return loginFailure(err)
	}
	if asJSON {
		return printJSON(os.Stdout, loginObject{s.Enabled, s.Entry, s.Program, s.Problem})
	}
	printLogin(os.Stdout, paletteFor(os.Stdout), s)
	return nil
}

func loginFailure(err error) error {
	if place := (*login.PlaceError)(nil); errors.As(err, &place) {
		return failf(exitRefused, "%s cannot be started at login: %w", path(place.Program), err)
	}
	return failf(exitError, "start at login: %w", err)
}

// loginObject is the JSON of the entry that the system reads at login.
type loginObject struct {
	Enabled bool   `json:"enabled"`
	Entry   string `json:"entry"`
	Program string `json:"program"` // empty if there is no entry, or it names no program
	Problem string `json:"problem"`
}

func printLogin(w io.Writer, p palette, s login.Setting) {
	state := "disabled"
	if s.Enabled {
		state = "enabled"
	}
	rows := []row{{"start at login", state}, {"entry", path(s.Entry)}}
	if s.Program != "" {
		rows = append(rows, row{"starts", path(s.Program)})
	}
	if s.Problem != "" {
		rows = append(rows, row{"problem", p.paint(words.Yellow, s.Problem)})
	}
	printRows(w, p, rows)
}
