package cli

import (
	"context"
	"os"

	"github.com/spf13/cobra"

	"lockbar/internal/doctor"
	"lockbar/internal/report"
	"lockbar/internal/words"
	"lockbar/lockcore"
)

func newHosts(g *globals) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "hosts",
		Short: "Show the last reports of the computers that share the store",
		Long: `Show the last reports of the computers that share the store. The Lockbar app of each writes one small file into the store, in
.lockbar, once it has seen that another computer uses the store too. Whatever syncs the store carries the file, so a report may be old:
its age is measured by the clock of this computer. A computer without Lockbar is not in the list. Nothing is written.

Exit code: 0 if the list was printed.`,
		Example:    "  lockbar hosts\n  lockbar hosts --json",
		SuggestFor: []string{"host", "machines", "computers", "peers", "others"},
		Args:       noArguments,
		RunE: g.command(func(cmd *cobra.Command, s settings, _ []string) error {
			return runHosts(cmd.Context(), s, asJSON)
		}),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object per line, for each store")
	return cmd
}

func runHosts(ctx context.Context, s settings, asJSON bool) error {
	lookOnly()
	looks := lookAtAll(ctx, s.stores, s.saved.Holders)
	return printLooks(looks, asJSON, paletteFor(os.Stdout), func(l look) any { return report.NewHosts(l.Store, l.Peers, hostsProblem(&l) == "", l.at) }, rowsOfStore)
}

// hostsProblem returns the reason why the machines' files could not be read; empty if they were.
func hostsProblem(l *look) string {
	if l.State == lockcore.Unknown {
		return words.Detail(l.Snapshot, l.at.Local())
	}
	if err := doctor.HostsProblem(l.Store); err != nil {
		return words.OneLine(err.Error())
	}
	return ""
}

// noOtherHosts is printed if the list has no other machine.
const noOtherHosts = "No other computer's Lockbar has written into this store yet. It starts writing when it sees that another computer uses the store."

// rowsOfStore returns the rows of one store.
func rowsOfStore(l look) []row {
	lines := words.Hosts(l.Peers, l.at.Local(), true)
	_, own := l.Peers.Own()
	if why := hostsProblem(&l); why != "" {
		lines = []string{"not known: " + why}
	} else if len(lines) == 0 || own && len(lines) == 2 { // this machine alone has two lines
		lines = append(lines, noOtherHosts)
	}
	return append([]row{{"store", path(l.Store)}}, listed("hosts", lines)...)
}
