package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

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
	flags.StringArrayVar(&g.stores, "store", nil, "store `directory`; may be repeated (default $IAI_MCP_STORE or ~/.iai-mcp)")
	flags.StringVar(&g.stateDir, "state-dir", "", "`directory` for backups and what Lockbar remembers (default $LOCKBAR_STATE_DIR or the system's place)")
	flags.StringVar(&g.hostname, "hostname", "", "the `name` of this machine (default $LOCKBAR_HOSTNAME or the system's)")
	flags.BoolVarP(&g.verbose, "verbose", "v", false, "say more")
}

// settings are what the flags, the environment and the defaults come to.
type settings struct {
	stores   []*lockcore.Store
	stateDir string // empty where the system has no place for it: nothing can be removed then
	hostname string // empty: the system's
	verbose  bool
}

// command wraps the body of a command: settings first, and every error gets a code.
func (g *globals) command(body func(*cobra.Command, settings, []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		s, err := g.settle(cmd)
		if err != nil {
			return usageError(err)
		}
		return commandError(body(cmd, s, args))
	}
}

func (g *globals) settle(cmd *cobra.Command) (settings, error) {
	for _, name := range []string{"store", "state-dir", "hostname"} {
		if f := cmd.Flags().Lookup(name); f.Changed && hasEmpty(f.Value) {
			return settings{}, fmt.Errorf("--%s is empty", name)
		}
	}
	s := settings{hostname: first(g.hostname, os.Getenv("LOCKBAR_HOSTNAME")), verbose: g.verbose}
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
	dirs := storeDirs(g.stores, os.Getenv("IAI_MCP_STORE"), home)
	if len(dirs) == 0 {
		return fmt.Errorf("no store: give --store (%w)", homeErr)
	}
	if s.stateDir != "" {
		abs, err := filepath.Abs(s.stateDir)
		if err != nil {
			return err
		}
		s.stateDir = abs
	}
	for _, dir := range dirs {
		if err := s.openStore(dir); err != nil {
			return err
		}
	}
	return nil
}

func (s *settings) openStore(dir string) error {
	store, err := lockcore.Open(dir, lockcore.Options{Hostname: s.hostname, StateDir: s.stateDir})
	if err != nil {
		return err
	}
	if s.stateDir != "" && lockcore.Within(s.stateDir, store.Dir()) {
		return fmt.Errorf("the state directory %s lies in the store %s, where it would be synced: give another --state-dir",
			s.stateDir, store.Dir())
	}
	same := func(o *lockcore.Store) bool { return o.Dir() == store.Dir() }
	if !slices.ContainsFunc(s.stores, same) {
		s.stores = append(s.stores, store)
	}
	return nil
}

// storeDirs is the order in which a store is looked for (DESIGN.md §5). The configuration file, and then the daemon's own
// launchd plist or systemd unit, belong between the environment and the default.
func storeDirs(flag []string, env, home string) []string {
	switch {
	case len(flag) > 0:
		return flag
	case env != "":
		return []string{env}
	case home != "":
		return []string{filepath.Join(home, ".iai-mcp")}
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
