package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"lockbar/internal/words"
	"lockbar/lockcore"
)

func newAsk(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:   "ask HOST",
		Short: "Ask another computer to stop its daemon",
		Long: `Ask the user of another computer to stop the daemon there, while it runs beside the one here. Lockbar's app on that computer shows the
request, with a button where a service can stop the daemon; nothing is done there without a click. The request is valid for an hour, and
only for the daemon that runs there now. The app must run here too, since it speaks to the other computers. HOST is a name that lockbar
hosts prints, or the ID after it.

Exit code: 0 asked, now or before; 3 refused, with the reason; 4 the request could not be written.`,
		Example:    "  lockbar ask mac-mini",
		SuggestFor: []string{"request", "tell"},
		Args:       exactly(1, "host"),
		RunE: g.command(func(cmd *cobra.Command, s settings, args []string) error {
			return runAsk(cmd.Context(), s, args[0])
		}),
	}
}

func runAsk(ctx context.Context, s settings, host string) error {
	store, err := s.oneStore()
	if err != nil {
		return err
	}
	seen := store.Inspect(ctx, s.saved.Holders.Memory(store))
	p, why := toAsk(seen, host)
	if why != "" {
		return failf(exitRefused, "nobody was asked: %s", why)
	}
	own, _ := seen.Peers.Own()
	if own.Ask.Machine == p.Machine && own.Ask.Daemon == p.Daemon && !own.Ask.Expired(time.Now()) {
		fmt.Printf("%s is already being asked to stop its daemon (PID %d).\n", hostOf(p), p.Daemon.PID)
		return nil
	}
	if err := store.Announce(own.WithAsk(p, time.Now())); err != nil {
		return failf(exitFailed, "nobody was asked: %w", err)
	}
	fmt.Printf("Asked %s to stop its daemon (PID %d). The request is valid for an hour; lockbar hosts shows whether the daemon still runs.\n", hostOf(p), p.Daemon.PID)
	return nil
}

// toAsk returns the machine to ask, or the reason why no request can be made.
func toAsk(seen lockcore.Snapshot, host string) (lockcore.Peer, string) {
	own, written := seen.Peers.Own()
	var found []lockcore.Peer
	for _, p := range lockcore.Askable(seen) {
		if lockcore.SameHost(p.Host, host) || hostOf(p) == host || len(host) >= lockcore.ShortID && strings.HasPrefix(p.Machine, host) {
			found = append(found, p)
		}
	}
	switch {
	case lockcore.SameHost(seen.Host, host):
		return lockcore.Peer{}, "that is this computer; to stop its daemon: lockbar daemon stop"
	case len(found) == 0 && len(seen.Elsewhere()) > 0 && len(lockcore.Daemons(seen)) == 0:
		return lockcore.Peer{}, "no daemon runs here, so the daemon elsewhere need not stop"
	case len(found) == 0:
		return lockcore.Peer{}, fmt.Sprintf("no computer called %q is known to run a daemon of this store beside one here", words.Clean(host))
	case len(found) > 1:
		return lockcore.Peer{}, fmt.Sprintf("%d computers are called %q: give the id that lockbar hosts prints", len(found), words.Clean(host))
	case !written || !own.Watching || own.Daemon == (lockcore.DaemonID{}):
		return lockcore.Peer{}, "Lockbar's app does not run here, or does not tell other computers what runs here"
	}
	return found[0], ""
}

func hostOf(p lockcore.Peer) string { return words.Host(lockcore.Record{Hostname: p.Host}) }
