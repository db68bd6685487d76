package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"lockbar/internal/service"
	"lockbar/internal/words"
	"lockbar/lockcore"
)

func newDaemon(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:                   "daemon stop|start|status [flags]",
		Short:                 "Have the service manager stop or start the daemon here",
		DisableFlagsInUseLine: true,
		Example:               "  lockbar daemon stop\n  lockbar daemon status --json",
		SuggestFor:            []string{"service", "systemctl", "launchctl", "schtasks", "kill"},
		Long: `Have the service manager of this computer, launchd, systemd or the task scheduler, stop or start the daemon of the store. On macOS
and Linux the stop is orderly: the daemon releases its lock. Lockbar itself ends no process. A daemon that no service of yours
started is left alone.

After a stop the assistant's next call may start the daemon again. A start does nothing if a daemon of the store runs here already. It is
refused unless the store is free or its lock is stale, since a daemon takes over any lock that it finds. lockbar waits until the service
runs; the lock may follow minutes later.

Windows has no orderly stop: stop refuses while a daemon runs, and prints the command that kills it. iai-mcp daemon stop is no better
there: it kills the daemon, too, or does not find it. A killed daemon leaves its lock behind, which is then stale.

Exit code: 0 done, or there was nothing to do; 1 another error; 3 refused, with the reason; 4 the service manager failed, or took longer
than 100 seconds.`,
		Args:      oneWord("stop", "start", "status"),
		ValidArgs: []string{"stop", "start", "status"},
	}
	asJSON := cmd.Flags().Bool("json", false, "status: one JSON object per line, for each store")
	cmd.RunE = g.command(func(cmd *cobra.Command, s settings, args []string) error {
		switch {
		case args[0] == "status":
			return daemonStatus(cmd.Context(), s, *asJSON)
		case *asJSON:
			return usageError(errors.New("--json works only with daemon status"))
		}
		return changeDaemon(cmd.Context(), s, args[0] == "stop")
	})
	return cmd
}

func changeDaemon(ctx context.Context, s settings, stop bool) error {
	store, err := s.oneStore()
	if err != nil {
		return err
	}
	var message string
	seen := store.Inspect(ctx, s.saved.Holders.Memory(store))
	if stop {
		message, err = service.Stop(ctx, store, lockcore.Daemons(seen))
	} else {
		message, err = service.Start(ctx, store, seen)
	}
	if refused := (*service.Refusal)(nil); errors.As(err, &refused) && refused.Already {
		message, err = words.Capital(refused.Why), nil
	}
	if err != nil {
		return daemonFailure(err)
	}
	_, err = fmt.Println(words.OneLine(message) + ".")
	return err
}

func daemonFailure(err error) error {
	code := exitFailed
	if refused := (*service.Refusal)(nil); errors.As(err, &refused) {
		code = exitRefused
	}
	return &failure{code, err}
}

// daemonObject is the JSON of a store's service.
type daemonObject struct {
	Store   string `json:"store"`
	Service string `json:"service"` // empty if none is known
	Running bool   `json:"running"`
	PID     int    `json:"pid"`    // of its main process; 0 if there is none
	Holds   bool   `json:"holds"`  // the main process holds the store
	Others  []int  `json:"others"` // other daemons of the store on this computer
}

func daemonStatus(ctx context.Context, s settings, asJSON bool) error {
	for i, look := range lookAtAll(ctx, s.stores, s.saved.Holders) {
		states, err := service.Look(ctx, s.stores[i])
		if err != nil {
			return daemonFailure(err)
		}
		o := daemonObjectOf(&look.Snapshot, states)
		if asJSON {
			err = printJSON(os.Stdout, o)
		} else {
			_, err = fmt.Println(words.OneLine(o.line(len(s.stores) > 1)))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// daemonObjectOf describes the service that runs a daemon of the store, else the first service that is certain to start
// its daemon.
func daemonObjectOf(seen *lockcore.Snapshot, states []service.State) daemonObject {
	daemons := lockcore.Daemons(*seen)
	its := service.Shown(daemons, states)
	o := daemonObject{seen.Store, its.Name, its.Active, its.PID, false, []int{}}
	for _, d := range daemons {
		if d.PID != its.PID {
			o.Others = append(o.Others, d.PID)
		} else if seen.HasLock() && seen.Holder.Alive() && d.PID == seen.Holder.PID {
			o.Holds = true
		}
	}
	return o
}

// line returns a sentence such as "iai-mcp-daemon.service runs, PID 4242, and holds the store".
func (o *daemonObject) line(named bool) (text string) {
	if named {
		text = path(o.Store) + ": "
	}
	switch {
	case o.Service == "":
		text += "no service of yours is known to start the daemon of this store"
	case o.PID == 0 && o.Running:
		text += o.Service + " is starting, stopping or about to restart"
	case o.PID == 0:
		text += o.Service + " does not run"
	default:
		text += fmt.Sprintf("%s runs, PID %d, and ", o.Service, o.PID)
		if !o.Holds {
			text += "does not hold the store"
		} else {
			text += "holds the store"
		}
	}
	for _, pid := range o.Others {
		text += fmt.Sprintf("; a daemon of this store runs here with PID %d", pid)
	}
	return text
}
