package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"lockbar/internal/desktop"
)

// launchd reads the agents of this user; the first that starts the daemon with a store counts. Agents for all users are an
// administrator's, who would have told the environment.
func launchd(dir string) ([]StorePath, error) {
	paths, _ := filepath.Glob(filepath.Join(dir, "*.plist")) // the only error is of the pattern
	var problems []error
	for _, path := range paths {
		stores, err := readAgent(path)
		if len(stores) > 0 {
			return stores, errors.Join(problems...)
		}
		problems = append(problems, err)
	}
	return nil, errors.Join(problems...)
}

// readAgent: a file that cannot be read matters only where its name says that it is the daemon's.
func readAgent(path string) ([]StorePath, error) {
	data, err := readServiceFile(path)
	if err != nil && !mentionsDaemon(filepath.Base(path)) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	store, err := agentStore(data)
	switch {
	case err == nil:
		return absoluteStore(store, path)
	case mentionsDaemon(filepath.Base(path)) || mentionsDaemon(string(data)):
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return nil, nil
}

// agentStore is the IAI_MCP_STORE that a LaunchAgent gives the daemon; empty where it is another program's agent, or names
// none.
func agentStore(data []byte) (string, error) {
	d, err := desktop.ParsePlist(data)
	if err != nil {
		return "", err
	}
	if !daemonAgent(d) {
		return "", nil
	}
	env, _ := d["EnvironmentVariables"].(map[string]any)
	store, _ := env[StoreVariable].(string)
	return store, nil
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

// mentionsDaemon looks for the name of the module, iai_mcp, and that of the command and the label, iai-mcp.
func mentionsDaemon(s string) bool {
	return strings.Contains(s, "iai_mcp") || strings.Contains(s, "iai-mcp")
}
