package config

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"lockbar/internal/desktop"
	"lockbar/internal/fsx"
	"lockbar/internal/machine"
)

// Service is a service of this user that starts the daemon.
type Service struct {
	Name    string        // of the systemd unit, or the label of the launchd agent; empty: nothing can be asked of it
	Store   string        // the store that it is started with, absolute; empty: the files do not say for certain
	Restart time.Duration // how long it waits before it starts a daemon again that crashed; 0: it does not
	Command string        // the path of the program or script that it starts; of a task of Windows only
}

// Services returns the services of this user that start the daemon, from the files that FindStores reads. ok is false if they cannot be
// read within fsx.ReadTimeout.
func Services() (list []Service, ok bool) {
	home := machine.Home()
	_, ok = fsx.InTimeOf(home, fsx.ReadTimeout, func() bool { list = services(home); return true })
	if !ok {
		return nil, false // list belongs to the read that goes on
	}
	return list, true
}

func services(home string) []Service {
	switch {
	case home == "":
		return nil
	case runtime.GOOS == "darwin":
		return launchdServices(filepath.Join(home, "Library", "LaunchAgents"), home)
	case runtime.GOOS == "windows":
		return taskServices(home, os.Getenv)
	}
	return systemdServices(unitDir(os.Getenv, home), home)
}

func systemdServices(dir, home string) (list []Service) {
	for _, unit := range units(dir) {
		s, err := loadUnit(unit, home)
		if !s.isDaemon() {
			continue
		}
		stores, doubt := s.result()
		one := Service{s.name, startedWith(stores, home, err == nil && doubt == nil), s.restartDelay(), ""}
		if strings.Contains(s.name, "@.") { // a template, no instance of which is known
			one.Name = ""
		}
		list = append(list, one)
	}
	return list
}

func launchdServices(dir, home string) (list []Service) {
	paths, _ := filepath.Glob(filepath.Join(dir, "*.plist")) // the only error is of the pattern
	for _, path := range paths {
		data, _ := readServiceFile(path)
		if d, err := desktop.ParsePlist(data); err == nil && daemonAgent(d) {
			label, _ := d["Label"].(string)
			stores, err := readAgent(path)
			list = append(list, Service{label, startedWith(stores, home, err == nil), agentRestart(data), ""})
		}
	}
	return list
}

// startedWith is the store that a service names, else the daemon's default.
func startedWith(stores []StorePath, home string, certain bool) string {
	switch {
	case !certain:
		return ""
	case len(stores) > 0:
		return stores[0].Dir
	}
	return filepath.Join(home, ".iai-mcp")
}
