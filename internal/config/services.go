package config

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"lockbar/internal/fsx"
	"lockbar/internal/machine"
)

// Service is a service of this user that starts the daemon.
type Service struct {
	Name    string        // of the systemd unit or Windows task, or the label of the launchd agent; empty if it cannot be controlled
	Store   string        // the daemon's store, absolute; empty if there are doubts
	Restart time.Duration // the longest delay before a crashed daemon is restarted; 0 if it is restarted at once or not at all
	Command string        // the Python program or the script that a Windows task starts, usually as a path; else empty

	file   string  // the file that names Store
	doubts []error // reasons why the store may be another one
}

// doubtful returns a service of which nothing is known except why it is in doubt.
func doubtful(why error) Service { return Service{doubts: []error{why}} }

// Services returns the services of this user that start the daemon, from the files that FindStores reads. ok is false if they cannot be
// read within fsx.ReadTimeout.
func Services() (list []Service, ok bool) {
	home := machine.Home()
	return fsx.InTimeOf(context.Background(), home, fsx.ReadTimeout, func() []Service { return services(home) })
}

// matches returns the paths of the entries of a directory whose names match a pattern, sorted. filepath.Glob would read a * or [ in the
// directory's own path as part of the pattern.
func matches(dir, pattern string) []string {
	names, _ := fs.Glob(os.DirFS(dir), pattern) // only a bad pattern is an error
	for i, name := range names {
		names[i] = filepath.Join(dir, name)
	}
	return names
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

// installed reads the services that start the daemon; Store is empty if their files name none. runtime.GOOS is a constant, so
// the linker leaves the readers of property lists and tasks out of the Linux program.
func installed(home string) []Service {
	switch runtime.GOOS {
	case "darwin":
		return launchdServices(filepath.Join(home, "Library", "LaunchAgents"))
	case "windows":
		return taskServices(home, os.Getenv)
	}
	return systemdServices(filepath.Join(machine.Settings.XDG(os.Getenv, home), "systemd", "user"), home) // systemd.unit(5)
}

// withDefault sets the store of each service to what startedWith returns.
func withDefault(list []Service, home string) []Service {
	for i := range list {
		list[i].Store = list[i].startedWith(home)
	}
	return list
}

// startedWith returns the store that a service names, else the daemon's default; empty if there are doubts.
func (s *Service) startedWith(home string) string {
	switch {
	case len(s.doubts) > 0:
		return ""
	case s.Store != "":
		return s.Store
	}
	return filepath.Join(home, ".iai-mcp")
}

// refuseRelative refuses paths that the daemon would not read as intended: it treats ~ as a name, and resolves a relative path in the
// directory in which its service manager starts it.
func (s *Service) refuseRelative() {
	if s.Store != "" && !filepath.IsAbs(s.Store) {
		s.doubts = []error{fmt.Errorf("%s: %s=%s is not an absolute path, and the daemon does not expand ~", s.file, StoreVariable, s.Store)}
		s.Store = ""
	}
}

// firstStore returns the store of the first service that names one, and the doubts about the services up to that service.
func firstStore(list []Service) (found []StorePath, problems []error) {
	for _, s := range list {
		problems = append(problems, s.doubts...)
		if s.Store != "" {
			return storesFrom(s.file, s.Store), problems
		}
	}
	return nil, problems
}
