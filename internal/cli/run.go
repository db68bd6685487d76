package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"lockbar/internal/fsx"
	"lockbar/internal/report"
	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// Exit codes of run besides CMD's own and the shared ones, as in shells.
const (
	exitCannotExecute = 126
	exitNotFound      = 127
	signalBase        = 128 // CMD ended by signal N: 128 + N
)

func newRun(g *globals) *cobra.Command {
	var as string
	var takeOver bool
	cmd := &cobra.Command{
		Use:                   "run [--take-over] -- CMD [ARG...]",
		Short:                 "Keep daemons out of the store while CMD runs",
		DisableFlagsInUseLine: true,
		SuggestFor:            []string{"exec", "hold", "with", "take"},
		Example:               "  lockbar run -- tar czf backup.tgz ~/.iai-mcp\n  lockbar run --take-over -- rsync -a ~/.iai-mcp/ /backup/",
		Long: `Keep daemons out of the store while CMD runs: for a backup, a migration, or other work during which no daemon
may write. lockbar takes the lock of the store, starts CMD, and releases the lock when CMD ends. The store must exist.
A daemon of another computer, or of iai-mcp 0.3 or 0.4, can still take the store over; lockbar then warns when CMD ends.

A lock that was left behind or is corrupt is taken over; it is named, and a backup is kept. Another computer's lock is
taken over only with --take-over. lockbar always refuses if a process here holds the lock, a daemon runs or starts here, the
Lockbar of another computer says that its daemon runs, or two processes claim the store.

Ctrl-C, Ctrl-Z and fg work on CMD as if it ran alone. Signals that lockbar gets are passed on to it.

lockbar runs as two processes. When one of them is killed, CMD ends too, with all that CMD started: on Linux every descendant, on
other Unix systems CMD's process group, on Windows all that stays in the job object. Processes under another real user id (sudo, su)
cannot be signalled and keep running; so may others if both processes are killed at the same moment. When CMD ends by itself, the
processes that it started are left alone.

The migration script of iai-mcp cannot be CMD: it refuses to run while any process has iai_mcp.daemon in its arguments. lockbar run
has it there, so that daemons respect its lock.

Exit code: CMD's, or 128 + N if signal N ended it; 3 the store is in use, or the lock is another computer's and --take-over is not
given; 4 there is no such store, its lock could not be taken, or CMD was not started; 126 or 127 CMD cannot run.`,
		Args: atLeast(1, "command"),
		RunE: g.command(func(cmd *cobra.Command, s settings, args []string) error {
			// The restarted program would not recognise another value, and would restart itself for ever.
			if cmd.Flags().Changed("as") && as != lockcore.DaemonModule {
				return usageError(errors.New("--as is not for users: leave it out"))
			}
			if _, err := s.storeToChange(); err != nil {
				return err
			}
			return runRun(cmd.Context(), s, args, takeOver, as == lockcore.DaemonModule)
		}),
	}
	cmd.Flags().SetInterspersed(false) // CMD and all after it belong to CMD
	cmd.Flags().BoolVar(&takeOver, "take-over", false, "take the lock even if it is another computer's")
	cmd.Flags().StringVar(&as, "as", "", "")
	_ = cmd.Flags().MarkHidden("as")
	return cmd
}

// runRun runs CMD with the lock held. It looks up CMD first, since a typo must not take over a lock. asDaemon reports whether this
// process has the arguments that make daemons respect its lock.
func runRun(ctx context.Context, s settings, args []string, takeOver, asDaemon bool) error {
	if _, err := exec.LookPath(args[0]); err != nil {
		return cannotRun(args[0], err)
	}
	store, err := s.resolvedStore()
	if err != nil {
		return err
	}
	s.stores = []*lockcore.Store{store}
	memory := s.saved.Holders.Memory(store)
	seen := store.Inspect(ctx, memory)
	if err := refuseRun(seen, takeOver); err != nil {
		return err
	}
	if !asDaemon {
		return runAsDaemon(store)
	}
	keepBrokenPipes() // a closed standard error must not end us while we hold the lock
	signals := make(chan os.Signal, signalBacklog)
	signal.Notify(signals, passedOn()...)
	from := report.NewStatus(seen, time.Now())
	lock, err := acquire(ctx, store, seen, memory)
	if err != nil {
		return err
	}
	if lock.Replaced.Kind != "" {
		reportReplaced(lock.Replaced)
		writeHistory(ctx, s, watch.Acquired, from, lock.Replaced)
	}
	err = runHolding(args, signals)
	release(lock)
	return err
}

// resolvedStore returns the store under its resolved path: the lock must be released where it was taken, even if a link changes meanwhile.
func (s settings) resolvedStore() (*lockcore.Store, error) {
	real, err := fsx.Real(s.stores[0].Dir())
	if err != nil {
		return s.stores[0], nil // Inspect reports the error
	}
	return s.stores[0].At(real)
}

// refuseRun returns an error if the lock must not be taken. It is stricter than lockcore: run takes a missing store for a typo, and
// another machine's lock needs --take-over.
func refuseRun(seen lockcore.Snapshot, takeOver bool) error {
	switch err := seen.RefuseAcquire(false); {
	case seen.Reason == lockcore.StoreMissing:
		return failf(exitFailed, "the lock was not taken: %w", errNoStore(seen))
	case err != nil:
		return notTaken(err)
	case seen.State == lockcore.HeldElsewhere && !takeOver:
		return failf(exitRefused, "the lock was not taken. %s With --take-over lockbar run takes it and keeps a backup",
			words.Detail(seen, time.Now()))
	}
	return nil
}

// signalBacklog is the number of signals that are kept for CMD until it has started.
const signalBacklog = 16

// acquire takes the lock; a signal ends the wait for it.
func acquire(ctx context.Context, store *lockcore.Store, seen lockcore.Snapshot, memory lockcore.Memory) (*lockcore.Lock, error) {
	ctx, stop := signal.NotifyContext(ctx, passedOn()...)
	defer stop()
	lock, err := store.Acquire(ctx, seen, memory, false)
	switch {
	case err != nil:
		return nil, notTaken(err)
	case ctx.Err() != nil:
		release(lock)
		return nil, failf(exitFailed, "CMD was not started: %w", context.Cause(ctx))
	}
	return lock, nil
}

// notTaken gives an error of Acquire its exit code and message. If our lock was lost after it had replaced another one, notTaken also
// prints where the backup is.
func notTaken(err error) error {
	var lost *lockcore.Error
	if errors.As(err, &lost) && errors.Is(err, lockcore.ErrLost) && lost.Backup.Kind != "" {
		reportReplaced(lost.Backup)
	}
	switch now, inUse := snapshotInUse(err); {
	case inUse && errors.Is(err, lockcore.ErrLost):
		return failf(exitRefused, "the lock was lost as soon as it was taken. %s", words.Detail(now, time.Now()))
	case inUse:
		return failf(exitRefused, "the lock was not taken, since the store is in use. %s", useOf(now))
	}
	return failf(exitFailed, "the lock was not taken: %w", withNextStep(err))
}

// useOf says who uses the store. Unless the lock itself is in use, it is a daemon that another machine reports.
func useOf(now lockcore.Snapshot) string {
	if elsewhere := now.Elsewhere(); len(elsewhere) > 0 && !now.InUse() {
		return "A daemon of it runs on " + hostOf(elsewhere[0]) + ", as last reported."
	}
	return words.Detail(now, time.Now())
}

// snapshotInUse returns the snapshot that an error of Acquire carries, and reports whether the store is in use, or our lock was lost.
func snapshotInUse(err error) (now lockcore.Snapshot, inUse bool) {
	now = nowOf(err)
	changed := errors.Is(err, lockcore.ErrChanged) && (now.InUse() || now.State == lockcore.HeldElsewhere)
	return now, changed || errors.Is(err, lockcore.ErrHeld) || errors.Is(err, lockcore.ErrLost)
}

// runArguments returns the arguments that identify a lockbar run. They make daemons respect its lock, and tell Lockbar its store,
// whose path is resolved.
func runArguments(store *lockcore.Store) []string {
	return []string{lockcore.RunArgument, store.Dir()}
}

// withoutStoreArgument removes the store that runArguments added.
func withoutStoreArgument(args []string) []string {
	if len(args) > 1 && args[0] == lockcore.RunArgument && filepath.IsAbs(args[1]) {
		return slices.Delete(slices.Clone(args), 1, 2)
	}
	return args
}

func reportReplaced(c lockcore.Backup) {
	whose := "a corrupt lock"
	if !c.Record.IsZero() {
		whose = fmt.Sprintf("%s, %s", holderText(c.Record), words.Since(c.Record, time.Now()))
	}
	complain(os.Stderr, "took over from "+whose+"; the old lock is kept in "+path(c.Path))
}

// release releases the lock if it is still ours. It sets no deadline: a lock left behind is worse than a wait.
func release(lock *lockcore.Lock) {
	err := lock.Release(context.Background())
	there := nowOf(err)
	switch {
	case errors.Is(err, lockcore.ErrLost) && there.State == lockcore.Unlocked:
		complain(os.Stderr, "warning: the lock was removed while lockbar held it, so nothing kept a daemon out.")
	case errors.Is(err, lockcore.ErrLost):
		complain(os.Stderr, "warning: the lock was lost while lockbar held it. "+words.Detail(there, time.Now()))
	case err != nil:
		complain(os.Stderr, "warning: the lock could not be released: "+words.Plain(err))
	}
}

// cannotRun distinguishes "not found" from "found, but not executable", as shells do.
func cannotRun(name string, err error) error {
	code := exitCannotExecute
	if errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		code = exitNotFound
	}
	// Both of these types repeat the name of the program.
	var notFound *exec.Error
	var notStarted *fs.PathError
	if errors.As(err, &notFound) {
		err = notFound.Err
	}
	if errors.As(err, &notStarted) {
		err = notStarted.Err
	}
	return failf(code, "cannot run %s: %w", path(name), err)
}
