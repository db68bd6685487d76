package config

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"lockbar/internal/fsx"
)

// daemonModule is what a task must run to be the daemon's. Its name does not do: another task of iai-mcp, in the same directory, looks for
// conversations.
const daemonModule = "iai_mcp.daemon"

// task is what a file says that the daemon's installer registered with the task scheduler of Windows, and what the script says that it
// runs. Only administrators can list the scheduler's own files.
type task struct {
	name, command string
	store, script string // script is the file that says which store
	restart       time.Duration
	err           error // the store may be another one
}

// taskScheduler returns the store that the daemon's task is started with.
func taskScheduler(home string, env func(string) string) ([]StorePath, error) {
	var problems []error
	for _, t := range tasks(home, env) {
		problems = append(problems, t.err)
		if stores, err := absoluteStore(t.store, t.script); err != nil || len(stores) > 0 {
			return stores, errors.Join(append(problems, err)...)
		}
	}
	return nil, errors.Join(problems...)
}

func taskServices(home string, env func(string) string) (list []Service) {
	for _, t := range tasks(home, env) {
		stores, err := absoluteStore(t.store, t.script)
		list = append(list, Service{t.name, startedWith(stores, home, err == nil && t.err == nil), t.restart, t.command})
	}
	return list
}

// tasks reads the files that the installer left in the default store, iai-mcp-daemon.task.xml and daemon-start.cmd. Nothing relies on their
// names: the first says the name of the task, and where the second is.
func tasks(home string, env func(string) string) (list []task) {
	dir := filepath.Join(home, ".iai-mcp")
	paths, _ := fsx.InTimeOf(dir, fsx.ReadTimeout, func() []string { // it may be a link to a network drive
		found, _ := filepath.Glob(filepath.Join(dir, "*.xml")) // the only error is of the pattern
		return found
	})
	for _, path := range paths {
		if t, isDaemon := readTask(path, env); isDaemon {
			list = append(list, t)
		}
	}
	return list
}

// readTask reads a task, and the script that it runs. isDaemon is false if it does not start the daemon. A file that cannot be read or
// understood matters only where its name says that it is the daemon's.
func readTask(path string, env func(string) string) (t task, isDaemon bool) {
	data, err := readServiceFile(path)
	if err != nil {
		return task{err: err}, mentionsDaemon(filepath.Base(path))
	}
	file, err := parseTask(data)
	if err != nil {
		return task{err: fmt.Errorf("%s: %w", path, err)}, mentionsDaemon(filepath.Base(path))
	}
	t = task{name: strings.TrimPrefix(file.URI, `\`), restart: isoSpan(file.Interval), script: path}
	for _, action := range file.Exec {
		t.command = expandPercent(strings.Trim(strings.TrimSpace(action.Command), `"`), env)
		switch {
		case strings.Contains(action.Arguments, daemonModule):
			return t, true
		case isScript(t.command):
			t.script = t.command
			if t.readScript(env) || t.err != nil && strings.Contains(t.name, "daemon") {
				return t, true
			}
		}
	}
	return t, false
}

// readScript reports whether the script starts the daemon.
func (t *task) readScript(env func(string) string) (starts bool) {
	data, err := readServiceFile(t.script)
	if err != nil {
		t.err = err
		return false
	}
	if t.store, starts, err = scriptStore(decoded(data), env); err != nil {
		t.err = fmt.Errorf("%s: %w", t.script, err)
	}
	return starts
}

func isScript(command string) bool {
	ext := strings.ToLower(command[max(0, len(command)-len(".cmd")):])
	return ext == ".cmd" || ext == ".bat"
}

// taskFile is the part of the Task Scheduler Schema (MS-TSCH 2.5) that matters here. It is not translated.
type taskFile struct {
	URI      string `xml:"RegistrationInfo>URI"`
	Interval string `xml:"Settings>RestartOnFailure>Interval"`
	Exec     []struct {
		Command   string
		Arguments string
	} `xml:"Actions>Exec"`
}

func parseTask(data []byte) (file taskFile, err error) {
	d := xml.NewDecoder(strings.NewReader(decoded(data)))
	// The text is UTF-8 by now, whatever it says that it is.
	d.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	return file, d.Decode(&file)
}

// isoSpan reads a duration of XML Schema without years and months, as PT1M. It is 0 where it is not understood.
func isoSpan(text string) time.Duration {
	date, clock, _ := strings.Cut(strings.TrimSpace(text), "T")
	days, ok := strings.CutPrefix(date, "P")
	sum := 0.0
	for rest := days + clock; ok && rest != ""; {
		digits, after := leading(rest, func(r rune) bool { return r >= '0' && r <= '9' })
		n, err := strconv.ParseFloat(digits, 64)
		if ok = err == nil && after != ""; ok {
			size := map[byte]float64{'D': 86400, 'H': 3600, 'M': 60, 'S': 1}[after[0]]
			sum, rest, ok = sum+n*size, after[1:], size > 0
		}
	}
	if !ok {
		return 0
	}
	return spanOf(sum)
}
