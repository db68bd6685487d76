package config

import (
	"fmt"
	"path/filepath"
	"strings"

	"lockbar/internal/desktop"
)

// launchdServices reads the agents of this user that start the daemon. It does not look for agents in /Library, which start for all users.
func launchdServices(dir string) (list []Service) {
	for _, path := range matches(dir, "*.plist") {
		if s, isDaemon := readAgent(path); isDaemon {
			list = append(list, s)
		}
	}
	return list
}

// readAgent reads an agent. A file that cannot be read or understood counts only if its name or content mentions the daemon.
func readAgent(path string) (s Service, isDaemon bool) {
	data, err := readServiceFile(path)
	if err != nil {
		return doubtful(err), mentionsDaemon(filepath.Base(path))
	}
	d, err := desktop.ParsePlist(data)
	if err != nil {
		return doubtful(fmt.Errorf("%s: %w", path, err)), mentionsDaemon(filepath.Base(path)) || mentionsDaemon(string(data))
	}
	s.Name, _ = d["Label"].(string)
	env, _ := d["EnvironmentVariables"].(map[string]any)
	s.Store, _ = env[StoreVariable].(string)
	s.file, s.Restart = path, agentRestart(d)
	s.refuseRelative()
	return s, daemonAgent(d)
}

func daemonAgent(d map[string]any) bool {
	arguments, _ := d["ProgramArguments"].([]any)
	for _, v := range append([]any{d["Label"], d["Program"]}, arguments...) {
		if s, ok := v.(string); ok && mentionsDaemon(s) {
			return true
		}
	}
	return false
}

// mentionsDaemon reports whether s has the name of the Python package, iai_mcp, or of the command and the label, iai-mcp.
func mentionsDaemon(s string) bool {
	return strings.Contains(s, "iai_mcp") || strings.Contains(s, "iai-mcp")
}
