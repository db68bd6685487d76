package config

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"lockbar/internal/desktop"
	"lockbar/internal/fsx"
	"lockbar/internal/machine"
)

// Service is a service of this user that starts the daemon.
type Service struct {
	Name  string // of the systemd unit, or the label of the launchd agent
	Store string // the store that it is started with, absolute; empty: the files do not say for certain
}

// Services returns the services of this user that start the daemon, from the files that FindStores reads. It returns none if these
// cannot be read within fsx.ReadTimeout, and none on Windows, where only administrators can read what a task says.
func Services() []Service {
	home := machine.Home()
	list, _ := fsx.InTimeOf(home, fsx.ReadTimeout, func() []Service { return services(home) })
	return list
}

func services(home string) []Service {
	switch {
	case home == "", runtime.GOOS == "windows":
		return nil
	case runtime.GOOS == "darwin":
		return launchdServices(filepath.Join(home, "Library", "LaunchAgents"), home)
	}
	return systemdServices(unitDir(os.Getenv, home), home)
}

// systemdServices leaves out templates, such as daemon@.service: no instance of one is known.
func systemdServices(dir, home string) (list []Service) {
	for _, unit := range units(dir) {
		s, err := loadUnit(unit, home)
		if !s.isDaemon() || strings.Contains(s.name, "@.") {
			continue
		}
		stores, doubt := s.result()
		list = append(list, Service{s.name, startedWith(stores, home, err == nil && doubt == nil)})
	}
	return list
}

func launchdServices(dir, home string) (list []Service) {
	paths, _ := filepath.Glob(filepath.Join(dir, "*.plist")) // the only error is of the pattern
	for _, path := range paths {
		data, err := readServiceFile(path)
		if err != nil {
			continue
		}
		if label := agentLabel(data); label != "" {
			stores, err := readAgent(path)
			list = append(list, Service{label, startedWith(stores, home, err == nil)})
		}
	}
	return list
}

// agentLabel is empty where it is not the daemon's agent.
func agentLabel(data []byte) string {
	d, err := desktop.ParsePlist(data)
	if err != nil || !daemonAgent(d) {
		return ""
	}
	label, _ := d["Label"].(string)
	return label
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
