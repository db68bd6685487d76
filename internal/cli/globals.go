package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"lockbar/internal/discover"
	"lockbar/internal/hostnames"
	"lockbar/lockcore"
)

// globals are the flags that every command has.
type globals struct {
	stores   []string
	stateDir string
	hostname string
	verbose  bool
}

func (g *globals) register(flags *pflag.FlagSet) {
	flags.StringArrayVar(&g.stores, "store", nil, "store `directory`; may be repeated (default $IAI_MCP_STORE, the config file, the daemon's own, ~/.iai-mcp)")
	flags.StringVar(&g.stateDir, "state-dir", "", "`directory` for backups and what Lockbar remembers (default $LOCKBAR_STATE_DIR or the system's place)")
	flags.StringVar(&g.hostname, "hostname", "", "the `name` of this machine (default $LOCKBAR_HOSTNAME or the system's)")
	flags.BoolVarP(&g.verbose, "verbose", "v", false, "say more")
}

// settings are what the flags, the environment and the defaults come to.
type settings struct {
	stores   []*lockcore.Store
	origins  map[string]string // of each store's directory: how it was found
	doubts   []string          // why another store than these may be meant, one line each
	stateDir string            // empty where the system has no place for it: nothing can be removed then
	hostname string            // empty: the system's
	verbose  bool
}

// body is what a command does.
type body func(*cobra.Command, settings, []string) error

// command wraps the body of a command that shows no icon.
func (g *globals) command(do body) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		useAnyThread()
		return g.iconCommand(do)(cmd, args)
	}
}

// iconCommand wraps the body of a command that may: settings first, and every error gets a code.
func (g *globals) iconCommand(do body) func(*cobra.Command, []string) error {
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
		hostname: first(g.hostname, os.Getenv("LOCKBAR_HOSTNAME")),
		verbose:  g.verbose,
		origins:  map[string]string{},
	}
	if s.hostname != "" && !lockcore.ValidHostname(s.hostname) {
		return settings{}, fmt.Errorf("%q cannot be a host name", s.hostname)
	}
	if err := s.openStores(g); err != nil {
		return settings{}, err
	}
	return s, nil
}

// hasEmpty catches --store "$UNSET", which would otherwise name the working directory.
func hasEmpty(v pflag.Value) bool {
	if list, ok := v.(pflag.SliceValue); ok {
		return slices.Contains(list.GetSlice(), "")
	}
	return v.String() == ""
}

func (s *settings) openStores(g *globals) error {
	home, homeErr := os.UserHomeDir()
	s.stateDir = first(g.stateDir, os.Getenv("LOCKBAR_STATE_DIR"), defaultStateDir(home))
	found := discover.Search(g.stores)
	s.doubt(found.Problem)
	if len(found.Stores) == 0 {
		return fmt.Errorf("no store: give --store (%w)", homeErr)
	}
	if s.stateDir != "" {
		abs, err := filepath.Abs(s.stateDir)
		if err != nil {
			return err
		}
		s.stateDir = abs
	}
	for _, store := range found.Stores {
		if err := s.openStore(store); err != nil {
			return err
		}
	}
	return nil
}

// doubt keeps what discovery could not read, and says it: the user may have written there which store is meant.
func (s *settings) doubt(problem error) {
	if problem == nil {
		return
	}
	s.doubts = strings.Split(problem.Error(), "\n")
	for _, line := range s.doubts {
		complain(os.Stderr, "warning: "+line)
	}
}

func (s *settings) openStore(found discover.Store) error {
	store, err := lockcore.Open(found.Dir, lockcore.Options{Hostname: s.hostname, StateDir: s.stateDir, Aliases: hostnames.Names(s.stateDir)})
	if err != nil {
		return err
	}
	if s.stateDir != "" && lockcore.Within(s.stateDir, store.Dir()) {
		return fmt.Errorf("the state directory %s lies in the store %s, where it would be synced: give another --state-dir",
			s.stateDir, store.Dir())
	}
	if s.origins[store.Dir()] == "" {
		s.origins[store.Dir()] = found.From
		s.stores = append(s.stores, store)
	}
	return nil
}

// onlyStore is for the commands that change a lock: which one must not be a guess.
func (s settings) onlyStore() (*lockcore.Store, error) {
	if len(s.stores) > 1 {
		return nil, usageError(errors.New("this command works on one store: give --store once"))
	}
	return s.stores[0], nil
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
