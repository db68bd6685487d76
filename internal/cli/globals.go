package cli

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"lockbar/internal/config"
	"lockbar/internal/machine"
	"lockbar/internal/state"
	"lockbar/internal/words"
	"lockbar/lockcore"
)

// globals holds the flags that every command has.
type globals struct {
	stores   []string
	stateDir string
	hostname string
	verbose  bool
}

func (g *globals) register(flags *pflag.FlagSet) {
	flags.StringArrayVar(&g.stores, "store", nil, "store `directory`; may be repeated (default $IAI_MCP_STORE, the config file, the daemon's own, ~/.iai-mcp)")
	flags.StringVar(&g.stateDir, "state-dir", "", "`directory` for backups and what Lockbar remembers (default $LOCKBAR_STATE_DIR or the system's place)")
	flags.StringVar(&g.hostname, "hostname", "", "the `name` of this computer (default $LOCKBAR_HOSTNAME or the system's)")
	flags.BoolVarP(&g.verbose, "verbose", "v", false, "print more")
}

// settings holds the result of the flags, the environment and the defaults.
type settings struct {
	stores   []*lockcore.Store
	origins  map[string]string // by directory: how the store was found
	doubts   []string          // files that may name another store, one line each
	place    state.Dir         // the state directory, which other machines may share
	stateDir string            // place.Path, this machine's own directory; empty if the system has none, and then nothing can be removed
	saved    state.Saved       // the saved state when the command began
	hostname string            // empty: the system's
	verbose  bool
	given    []string // the flags that a suggested command has to repeat
}

// body does the work of a command.
type body func(*cobra.Command, settings, []string) error

// command wraps the body of a command that looks at stores and shows no icon.
func (g *globals) command(do body) func(*cobra.Command, []string) error {
	return onAnyThread(g.iconCommand(do))
}

// plainCommand wraps the body of a command that also works without a store.
func (g *globals) plainCommand(do body) func(*cobra.Command, []string) error {
	return onAnyThread(g.settled(do))
}

// iconCommand wraps the body of a command that looks at stores and may show an icon.
func (g *globals) iconCommand(do body) func(*cobra.Command, []string) error {
	return g.settled(func(cmd *cobra.Command, s settings, args []string) error {
		if err := s.usable(); err != nil {
			return usageError(err)
		}
		return do(cmd, s, args)
	})
}

// settled wraps a body. It makes the settings, runs the body, and gives every error an exit code.
func (g *globals) settled(do body) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		s, err := g.settle(cmd)
		if err != nil {
			return usageError(err)
		}
		return commandError(do(cmd, s, args))
	}
}

func (g *globals) settle(cmd *cobra.Command) (settings, error) {
	for _, name := range []string{"store", "state-dir", "hostname"} {
		if f := cmd.Flags().Lookup(name); f.Changed && hasEmpty(f.Value) {
			return settings{}, fmt.Errorf("--%s is empty", name)
		}
	}
	s := settings{
		hostname: cmp.Or(g.hostname, os.Getenv("LOCKBAR_HOSTNAME")),
		verbose:  g.verbose,
		origins:  map[string]string{},
		given:    given(cmd, "state-dir", "hostname"),
	}
	if (lockcore.Options{Hostname: s.hostname}).Validate() != nil {
		return settings{}, fmt.Errorf("%q cannot be a host name", s.hostname)
	}
	if err := s.findStores(g, claims[cmd.Name()]); err != nil {
		return settings{}, err
	}
	for _, line := range s.doubts { // a file that we could not use may name another store
		complain(os.Stderr, "warning: "+line)
	}
	return s, nil
}

// given returns, as arguments, the named flags that the user has set.
func given(cmd *cobra.Command, names ...string) []string {
	var args []string
	for _, name := range names {
		if f := cmd.Flags().Lookup(name); f.Changed {
			args = append(args, "--"+name, f.Value.String())
		}
	}
	return args
}

// hasEmpty reports whether a value is empty or has an empty element. --store "$UNSET" would otherwise name the working directory.
func hasEmpty(v pflag.Value) bool {
	if list, ok := v.(pflag.SliceValue); ok {
		return slices.Contains(list.GetSlice(), "")
	}
	return v.String() == ""
}

// findStores sets the stores and the state directory. It may find no store: the caller knows whether it needs one.
func (s *settings) findStores(g *globals, claim bool) error {
	stateDir, err := absolute(cmp.Or(g.stateDir, os.Getenv("LOCKBAR_STATE_DIR"), state.DefaultDir()))
	if err != nil {
		return err
	}
	if err := errors.Join(checkUTF8("the state directory", stateDir), checkUTF8("$"+config.FileVariable, os.Getenv(config.FileVariable))); err != nil {
		return err
	}
	found := config.FindStores(g.stores)
	for _, problem := range found.Problems {
		s.doubts = append(s.doubts, words.Plain(problem))
	}
	s.place = placeOf(stateDir, found.Stores, claim)
	s.stateDir = s.place.Path
	warn("it is not known which computer owns the state directory", s.place.Problem)
	s.saved, err = state.Read(s.stateDir)
	warn("Lockbar cannot read all that it remembers of this computer", err)
	return s.openStores(found.Stores, lockcore.Options{Hostname: s.hostname, StateDir: s.stateDir, Aliases: s.saved.Names, Machine: s.sharedID()})
}

// sharedID returns the id that this machine chose because another machine has the same system id; empty if it chose none, or if the
// environment gives one.
func (s *settings) sharedID() string {
	if os.Getenv(machine.Variable) != "" {
		return ""
	}
	return s.saved.SharedID
}

func (s *settings) openStores(found []config.StorePath, options lockcore.Options) error {
	var open []*lockcore.Store
	for _, store := range found {
		one, err := lockcore.Open(store.Dir, options)
		if err == nil {
			err = checkUTF8("the store", one.Dir())
		}
		if err != nil {
			return err
		}
		open = append(open, one)
	}
	s.stores = distinct(open)
	for i := range slices.Backward(open) { // backward, so that the first origin of a directory wins
		s.origins[open[i].Dir()] = found[i].From
	}
	return nil
}

// distinct keeps only the first of the paths that lead to the same store.
func distinct(stores []*lockcore.Store) (list []*lockcore.Store) {
	if len(stores) < 2 {
		return stores
	}
	var asked sync.WaitGroup
	for _, one := range stores {
		asked.Go(func() { one.Identity() }) // in parallel: a dead mount must not delay the others
	}
	asked.Wait()
	for _, one := range stores {
		if !slices.ContainsFunc(list, func(o *lockcore.Store) bool { return o.Identity() == one.Identity() }) {
			list = append(list, one)
		}
	}
	return list
}

// warn reports on stderr that part of the state directory cannot be used. Commands that look at stores still work.
func warn(what string, err error) {
	if err != nil {
		complain(os.Stderr, "warning: "+what+": "+words.Plain(err))
	}
}

// usable returns an error if commands that look at stores cannot work.
func (s settings) usable() error {
	if len(s.stores) == 0 {
		return errors.New("no store: there is no home directory to look in, so give --store")
	}
	if s.stateDir == "" {
		return nil
	}
	for _, dir := range []string{s.stateDir, filepath.Join(s.stateDir, "backups")} { // backups may be a link into a store
		if store := state.StoreAround(dir, storeDirs(s.stores)); store != "" {
			return fmt.Errorf("the state directory %s is in the store %s, where it would be synced: give another --state-dir", dir, store)
		}
	}
	return nil
}

// storeToChange returns the store of a command that changes a lock. It refuses if the owner of the state directory is unknown.
func (s settings) storeToChange() (*lockcore.Store, error) {
	if s.place.Problem != nil { // a backup made now might not be found later
		return nil, failf(exitFailed, "nothing was done, since it is not known which computer owns the state directory %s", path(s.place.Given))
	}
	return s.oneStore()
}

// oneStore returns the store of a command that works on one. It refuses if a file that may name the store could not be used: then the store
// comes from a later source, and may be the wrong one.
func (s settings) oneStore() (*lockcore.Store, error) {
	if len(s.stores) > 1 {
		return nil, usageError(errors.New("this command works on one store: give --store once"))
	}
	if len(s.doubts) > 0 {
		return nil, usageError(fmt.Errorf("it is not certain which store is meant, since a file that may name it could not be used (see the "+
			"warning): repair that file, or give --store %s", path(s.stores[0].Dir())))
	}
	return s.stores[0], nil
}

// claims lists the commands that claim the state directory for this machine if no machine owns it: those that keep state there. All
// others keep nothing there but the page of history --html. "lockbar" without a command is the tray.
var claims = map[string]bool{"lockbar": true, "tray": true, "watch": true, "unlock": true, "restore": true, "run": true}

// placeOf returns this machine's place in the state directory. It does not claim a directory in a store, which usable refuses.
func placeOf(stateDir string, stores []config.StorePath, claim bool) state.Dir {
	var dirs []string
	for _, store := range stores {
		dirs = append(dirs, store.Dir)
	}
	if claim && state.StoreAround(stateDir, dirs) == "" {
		return state.Claim(stateDir)
	}
	return state.Resolve(stateDir)
}

// checkUTF8 returns an error for a path that is not UTF-8, since neither printed nor saved JSON can hold it.
func checkUTF8(what, path string) error {
	if utf8.ValidString(path) {
		return nil
	}
	return fmt.Errorf("%s %q is not UTF-8, and JSON cannot carry such a path, so rename that file or directory", what, path)
}

// absolute returns an absolute path. An empty path stays empty: filepath.Abs would make it the working directory.
func absolute(path string) (string, error) {
	if path == "" {
		return "", nil
	}
	return filepath.Abs(path)
}

func storeDirs(stores []*lockcore.Store) (dirs []string) {
	for _, s := range stores {
		dirs = append(dirs, s.Dir())
	}
	return dirs
}
