package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"lockbar/internal/doctor"
	"lockbar/internal/login"
	"lockbar/internal/words"
)

func newDoctor(g *globals) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check what Lockbar needs, and print what to fix",
		Long: `Check everything that Lockbar needs on this computer, and print how to fix what is wrong. Nothing is changed.

Add the output to a bug report. It contains your paths and the name of this computer.

Exit code: 0 if no check failed, even if there are warnings; 1 if one failed, so that Lockbar cannot do its work here.`,
		Example:    "  lockbar doctor\n  lockbar doctor --json",
		SuggestFor: []string{"diagnose", "test", "debug", "verify"},
		Args:       noArguments,
		RunE: g.plainCommand(func(cmd *cobra.Command, s settings, _ []string) error {
			login.EnterApp() // only inside the app does macOS find the login item
			lookOnly()
			return runDoctor(cmd.Context(), s, asJSON)
		}),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "the checks as one JSON object")
	return cmd
}

// doctorObject is the JSON of all checks.
type doctorObject struct {
	Checks []doctor.Check `json:"checks"`
}

func runDoctor(ctx context.Context, s settings, asJSON bool) error {
	checks := doctor.Run(ctx, doctor.Subject{
		Stores: s.stores, Origins: s.origins, Doubts: s.doubts, StateDir: s.stateDir, Place: s.place, Commands: s.commands,
		Version: fmt.Sprintf("%s (commit %s)", buildVersion(), buildCommit()),
	})
	if err := printDoctor(checks, asJSON); err != nil {
		return err
	}
	if doctor.Failed(checks) {
		return &failure{code: exitError}
	}
	return nil
}

func printDoctor(checks []doctor.Check, asJSON bool) error {
	if asJSON {
		return printJSON(os.Stdout, doctorObject{checks})
	}
	out := bufio.NewWriter(os.Stdout)
	printChecks(out, paletteFor(os.Stdout), checks)
	return out.Flush()
}

var checkColours = map[doctor.Result]words.Colour{doctor.Pass: words.Green, doctor.Warn: words.Yellow, doctor.Fail: words.Red}

// printChecks prints the summary, the checks that need attention (worst first), the passed checks, and the names of the skipped ones.
func printChecks(w io.Writer, p palette, checks []doctor.Check) {
	failed, warned, passed, skipped := grouped(checks)
	fmt.Fprintln(w, p.paint(bold, summary(len(failed), len(warned))))
	printSection(w, p, "Needs attention", append(failed, warned...))
	printSection(w, p, fmt.Sprintf("Fine (%d)", len(passed)), passed)
	if len(skipped) > 0 {
		fmt.Fprintf(w, "\nNot checked, because of the above:\n  %s\n", p.fitted(names(skipped), len("  ")))
	}
}

func grouped(checks []doctor.Check) (failed, warned, passed, skipped []doctor.Check) {
	for _, c := range checks {
		switch {
		case c.Skipped:
			skipped = append(skipped, c)
		case c.Result == doctor.Fail:
			failed = append(failed, c)
		case c.Result == doctor.Warn:
			warned = append(warned, c)
		default:
			passed = append(passed, c)
		}
	}
	return failed, warned, passed, skipped
}

// summary returns one line with the numbers of failed and warned checks.
func summary(failed, warned int) string {
	failures, warnings := counted(failed, "check failed", "checks failed"), counted(warned, "thing needs attention", "things need attention")
	switch {
	case failed > 0 && warned > 0:
		return "Lockbar cannot do its work here: " + failures + ", and " + warnings + "."
	case failed > 0:
		return "Lockbar cannot do its work here: " + failures + "."
	case warned > 0:
		return "Lockbar works here; " + warnings + "."
	}
	return "Lockbar works here, and nothing needs attention."
}

func counted(n int, one, several string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, several)
}

func names(checks []doctor.Check) string {
	var list []string
	for _, c := range checks {
		list = append(list, c.Name)
	}
	return strings.Join(list, ", ")
}

func printSection(w io.Writer, p palette, title string, checks []doctor.Check) {
	if len(checks) == 0 {
		return
	}
	width := 0
	for _, c := range checks {
		width = max(width, len(c.Name))
	}
	fmt.Fprintf(w, "\n%s:\n", title)
	const resultWidth = len(doctor.Pass)
	for _, c := range checks {
		indent := len("  ") + resultWidth + len("  ") + width + len("  ")
		fmt.Fprintf(w, "  %s  %-*s  %s\n", p.paint(checkColours[c.Result], string(c.Result)), width, c.Name, p.fitted(c.Detail, indent))
	}
}
