package cli

import (
	"bufio"
	"context"
	"io"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"lockbar/internal/report"
	"lockbar/internal/state"
	"lockbar/internal/words"
	"lockbar/lockcore"
)

func newStatus(g *globals) *cobra.Command {
	var asJSON, exitCode bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Say who holds the store",
		Long: `Say who holds the store. Nothing is written.

With --exit-code: 0 unlocked, 10 held-here, 11 held-elsewhere, 12 stale, 13 contested,
14 corrupt, 15 unknown; of several stores the worst.`,
		Args: cobra.NoArgs,
		RunE: g.command(func(cmd *cobra.Command, s settings, _ []string) error {
			return runStatus(cmd.Context(), s, asJSON, exitCode)
		}),
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object per store and line")
	cmd.Flags().BoolVar(&exitCode, "exit-code", false, "tell the state by the exit code")
	return cmd
}

func runStatus(ctx context.Context, s settings, asJSON, exitCode bool) error {
	lookOnly()
	looks := lookAtAll(ctx, s.stores, s.saved.Holders)
	out := bufio.NewWriter(os.Stdout)
	if err := printLooks(out, looks, asJSON, s); err != nil {
		return err
	}
	if err := out.Flush(); err != nil {
		return err
	}
	if code := worstExitCode(looks); exitCode && code != exitOK {
		return &failure{code: code}
	}
	return nil
}

// seen is a look at a store and its time.
type seen struct {
	lockcore.Snapshot
	at time.Time
}

// lookAtAll looks at the stores side by side: a dead mount or a settling store makes none of the others wait.
func lookAtAll(ctx context.Context, stores []*lockcore.Store, known state.Holders) []seen {
	looks := make([]seen, len(stores))
	var all sync.WaitGroup
	for i, store := range stores {
		all.Go(func() {
			looks[i] = seen{store.Inspect(ctx, known.Memory(store)), time.Now()}
		})
	}
	all.Wait()
	return looks
}

func printLooks(w io.Writer, looks []seen, asJSON bool, s settings) error {
	if asJSON {
		for _, l := range looks {
			if err := printJSON(w, report.NewStatus(l.Snapshot, l.at)); err != nil {
				return err
			}
		}
		return nil
	}
	p := paletteFor(os.Stdout)
	for i, l := range looks {
		if i > 0 {
			io.WriteString(w, "\n")
		}
		printRows(w, p, statusRows(l, p, s))
	}
	return nil
}

func worstExitCode(looks []seen) int {
	worst := words.SignOf(lockcore.Unlocked)
	for _, l := range looks {
		if sign := words.SignOf(l.State); sign.Severity > worst.Severity {
			worst = sign
		}
	}
	return worst.ExitCode
}
