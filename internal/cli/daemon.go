package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"lockbar/internal/service"
	"lockbar/internal/words"
	"lockbar/lockcore"
)

func newDaemon(g *globals) *cobra.Command {
	cmd := &cobra.Command{
		Use:                   "daemon stop|start|status [flags]",
		Short:                 "Have launchd or systemd stop or start the daemon here",
		DisableFlagsInUseLine: true,
		Example:               "  lockbar daemon stop\n  lockbar daemon status --json",
		SuggestFor:            []string{"service", "systemctl", "launchctl", "kill"},
		Long: `Have the service manager of this computer, launchd or systemd, stop or start the daemon of the store. Its stop is an orderly
one: the daemon releases its lock. Lockbar itself ends no process. A daemon that no service of yours started is left alone.

After a stop the assistant's next call may start the daemon again. A start is refused unless nobody holds the store, since a
daemon takes over whatever lock it finds. It waits until the service runs; the lock may follow minutes later.

On Windows nothing is done: the task scheduler does not tell which process it started.

Exit code: 0 done, or it was so already; 1 an error; 3 refused, which is explained; 4 it failed, or took longer than 100 seconds.`,
		Args:      oneWord("stop", "start", "status"),
		ValidArgs: []string{"stop", "start", "status"},
	}
	asJSON := cmd.Flags().Bool("json", false, "status: one JSON object per store and line")
	cmd.RunE = g.command(func(cmd *cobra.Command, s settings, args []string) error {
		if *asJSON && args[0] != "status" {
			return usageError(errors.New("--json is for daemon status alone"))
		}
		return daemonActions[args[0]](cmd.Context(), s, *asJSON)
	})
	return cmd
}

var daemonActions = map[string]func(ctx context.Context, s settings, asJSON bool) error{
	"stop":   func(ctx context.Context, s settings, _ bool) error { return changeDaemon(ctx, s, stopDaemon) },
	"start":  func(ctx context.Context, s settings, _ bool) error { return changeDaemon(ctx, s, startDaemon) },
	"status": daemonStatus,
}

func changeDaemon(ctx context.Context, s settings, change func(context.Context, *lockcore.Store, lockcore.Snapshot) (string, error)) error {
	store, err := s.theStore()
	if err != nil {
		return err
	}
	said, err := change(ctx, store, store.Inspect(ctx, s.saved.Holders.Memory(store)))
	if refused := (*service.Refusal)(nil); errors.As(err, &refused) && refused.Already {
		said, err = words.Capital(refused.Why), nil
	}
	if err != nil {
		return daemonFailure(err)
	}
	_, err = fmt.Println(words.OneLine(said) + ".")
	return err
}

func daemonFailure(err error) error {
	if refused := (*service.Refusal)(nil); errors.As(err, &refused) {
		return failf(exitRefused, "%w", err)
	}
	return failf(exitFailed, "%w", err)
}

func stopDaemon(ctx context.Context, store *lockcore.Store, seen lockcore.Snapshot) (string, error) {
	done, err := service.Stop(ctx, store, seen.Daemons())
	return done.Stopped() + ". " + service.MayReturn, err
}

func startDaemon(ctx context.Context, store *lockcore.Store, seen lockcore.Snapshot) (string, error) {
	done, err := service.Start(ctx, store, seen)
	return done.Started() + ". " + service.LockFollows, err
}

// daemonObject is the JSON of a store's service.
type daemonObject struct {
	Store   string `json:"store"`
	Service string `json:"service"` // empty where none is known
	Running bool   `json:"running"`
	PID     int    `json:"pid"`    // of its main process; 0 where there is none
	Holds   bool   `json:"holds"`  // that process holds the store
	Others  []int  `json:"others"` // daemons of the store that run here and are not that process
}

func daemonStatus(ctx context.Context, s settings, asJSON bool) error {
	for i, look := range lookAtAll(ctx, s.stores, s.saved.Holders) {
		states, err := service.Look(ctx, s.stores[i])
		if err != nil {
			return daemonFailure(err)
		}
		o := daemonObjectOf(look.Snapshot, states)
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

// daemonObjectOf shows the service that runs a daemon of the store, else the first that its files name.
func daemonObjectOf(seen lockcore.Snapshot, states []service.State) daemonObject {
	o := daemonObject{Store: seen.Store, Others: []int{}}
	daemons := seen.Daemons()
	shown := service.Shown(daemons, states)
	o.Service, o.Running, o.PID = shown.Name, shown.Active, shown.PID
	for _, d := range daemons {
		if d.PID != o.PID {
			o.Others = append(o.Others, d.PID)
		} else if seen.State == lockcore.HeldHere {
			o.Holds = d.Same(seen.Holder)
		}
	}
	return o
}

// line says "iai-mcp-daemon.service runs, PID 4242, and holds the store".
func (o daemonObject) line(named bool) string {
	var parts []string
	switch {
	case o.Service == "":
		parts = append(parts, "no service of yours is known to start the daemon of this store")
	case o.PID == 0 && o.Running:
		parts = append(parts, o.Service+" is being started or stopped")
	case o.PID == 0:
		parts = append(parts, o.Service+" does not run")
	case o.Holds:
		parts = append(parts, fmt.Sprintf("%s runs, PID %d, and holds the store", o.Service, o.PID))
	default:
		parts = append(parts, fmt.Sprintf("%s runs, PID %d, and does not hold the store", o.Service, o.PID))
	}
	for _, pid := range o.Others {
		parts = append(parts, fmt.Sprintf("a daemon that it did not start runs here, PID %d", pid))
	}
	text := strings.Join(parts, "; ")
	if named {
		text = path(o.Store) + ": " + text
	}
	return text
}
