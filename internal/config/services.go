package config

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"lockbar/internal/fsx"
	"lockbar/internal/machine"
)

// Service is a service of this user that starts the daemon.
type Service struct {
	Name    string        // of the systemd unit, or the label of the launchd agent; empty: nothing can be asked of it
	Store   string        // the store that it is started with, absolute; empty: the files do not say for certain
	Restart time.Duration // how long it waits before it starts a daemon again that crashed; 0: it does not
	Command string        // the path of the program or script that it starts; of a task of Windows only

	file   string  // it names Store
	doubts []error // why the store may be another one
}

// doubtful returns a service of which nothing else is known.
func doubtful(why error) Service { return Service{doubts: []error{why}} }

// Services returns the services of this user that start the daemon, from the files that FindStores reads. ok is false if they cannot be
// read within fsx.ReadTimeout.
func Services() (list []Service, ok bool) {
	home := machine.Home()
	return fsx.InTimeOf(context.Background(), home, fsx.ReadTimeout, func() []Service { return services(home) })
}

func services(home string) []Service {
	if home == "" {
		return nil
	}
	list := installed(home)
	if runtime.GOOS == "windows" {
		list = doubtRivals(list, home)
	}
	return withDefault(list, home)
}

// installed reads the services that start the daemon; Store is empty where their files name none. The switch is over a constant, so that a
// Linux program links no reader of property lists or tasks.
func installed(home string) []Service {
	switch runtime.GOOS {
	case "darwin":
		return launchdServices(filepath.Join(home, "Library", "LaunchAgents"))
	case "windows":
		return taskServices(home, os.Getenv)
	}
	return systemdServices(unitDir(os.Getenv, home), home)
}

// withDefault completes the stores of services.
func withDefault(list []Service, home string) []Service {
	for i := range list {
		list[i].Store = list[i].startedWith(home)
	}
	return list
}

// startedWith returns the store that a service names, else the daemon's default; empty if another one is possible.
func (s *Service) startedWith(home string) string {
	switch {
	case len(s.doubts) > 0:
		return ""
	case s.Store != "":
		return s.Store
	}
	return filepath.Join(home, ".iai-mcp")
}

// refuseRelative refuses what the daemon would read otherwise than people mean it: it takes ~ for a name, and begins a relative path
// wherever its service manager starts it.
func (s *Service) refuseRelative() {
	if s.Store != "" && !filepath.IsAbs(s.Store) {
		s.doubts = []error{fmt.Errorf("%s: %s=%s is no absolute path, and the daemon replaces no ~ in it", s.file, StoreVariable, s.Store)}
		s.Store = ""
	}
}

// firstStore returns the store of the first service that names one, and what is wrong with the services up to that one.
func firstStore(list []Service) (found []StorePath, problems []error) {
	for _, s := range list {
		problems = append(problems, s.doubts...)
		if s.Store != "" {
			return storesFrom(s.file, s.Store), problems
		}
	}
	return nil, problems
}
