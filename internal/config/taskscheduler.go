package config

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"lockbar/internal/fsx"
	"lockbar/lockcore"
)

// task is what a file says that the daemon's installer registered with the task scheduler of Windows, and what the script says that it
// runs. Only administrators can list the scheduler's own files.
type task struct {
	name, command string
	store, script string // script is the file that says which store
	restart       time.Duration
	err           error // the store may be another one
}

// taskScheduler returns the store that the daemon's task is started with. Files that disagree are told: one may be another computer's, which a
// sync program has put beside ours.
func taskScheduler(home string, env func(string) string) (found []StorePath, err error) {
	var problems []error
	var certain task
	for _, t := range tasks(home, env) {
		if problems = append(problems, t.err); len(found) == 0 {
			found = nonEmpty(t.store, t.script)
		}
		switch {
		case t.err != nil:
		case certain.script == "":
			certain = t
		case !certain.agrees(t, home):
			problems = append(problems, fmt.Errorf("%s and %s start the daemon with different stores: put the store into the config file too", certain.script, t.script))
		}
	}
	return found, errors.Join(problems...)
}

func taskServices(home string, env func(string) string) (list []Service) {
	all := tasks(home, env)
	for _, t := range all {
		isOther := func(other task) bool { return strings.EqualFold(other.name, t.name) && !other.agrees(t, home) }
		certain := !slices.ContainsFunc(all, isOther) // if it is not understood itself, it does not agree with itself
		list = append(list, Service{t.name, startedWith(nonEmpty(t.store, t.script), home, certain), t.restart, t.command})
	}
	return list
}

// agrees reports whether both are started with the same store for certain. Windows does not tell capitals from small letters.
func (t task) agrees(other task, home string) bool {
	store := func(t task) string { return filepath.Clean(startedWith(nonEmpty(t.store, t.script), home, true)) }
	return t.err == nil && other.err == nil && strings.EqualFold(store(t), store(other))
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

// readTask reads a task, and the script that it runs. isDaemon is false if it does not start the daemon. What cannot be read or understood
// matters only where a name says that it is the daemon's.
func readTask(path string, env func(string) string) (t task, isDaemon bool) {
	name := filepath.Base(path)
	data, err := readServiceFile(path)
	if err != nil {
		return task{err: err}, mentionsDaemon(name) || speaksOfDaemon(name)
	}
	file, err := parseTask(data)
	if err != nil {
		return task{err: fmt.Errorf("%s: %w", path, err)}, mentionsDaemon(name) || speaksOfDaemon(name)
	}
	t = task{name: strings.TrimPrefix(file.URI, `\`), restart: isoSpan(file.Interval)}
	for _, action := range file.Exec {
		if t.read(path, action.Command, action.Arguments, env) {
			return t, true
		}
	}
	if t.err == nil {
		t.err = notStarted(path)
	}
	return t, speaksOfDaemon(name) || speaksOfDaemon(t.name)
}

// read takes in what a task runs, and reports whether that is the daemon, or is called so.
func (t *task) read(path, command, arguments string, env func(string) string) (isDaemon bool) {
	t.command = expandPercent(strings.Trim(strings.TrimSpace(command), `"`), env)
	line := `"` + t.command + `" ` + arguments
	t.script, t.store, t.err = path, "", nil
	if runsDaemon(line) {
		return true
	}
	script := scriptOf(t.command, expandPercent(arguments, env))
	if script == "" { // the process of a command that many tasks may have, as powershell.exe, is not the daemon's
		t.command, t.err = "", notStarted(path)
		return speaksOfDaemon(line)
	}
	t.command, t.script = script, script
	return t.readScript(path, env) || speaksOfDaemon(line)
}

func notStarted(path string) error {
	return fmt.Errorf("%s: how it starts the daemon is not understood: put the store into the config file too", path)
}

// readScript reports whether the script seems to start the daemon. Its bytes are read as they are: cmd.exe knows no byte order mark.
func (t *task) readScript(path string, env func(string) string) (starts bool) {
	if !filepath.IsAbs(t.script) {
		t.err = fmt.Errorf("%s: its script %s is no absolute path: put the store into the config file too", path, t.script)
		return false
	}
	data, err := readServiceFile(t.script)
	if err != nil {
		t.err = err
		return false
	}
	store, starts, err := scriptStore(string(data), env)
	if err != nil {
		t.err = fmt.Errorf("%s: %w", t.script, err)
	}
	if _, err := absoluteStore(store, t.script); err != nil {
		t.err = err
		return starts
	}
	t.store = store
	return starts
}

// scriptOf is the script that a command runs, itself or by cmd.exe /c; empty if there is none that is understood.
func scriptOf(command, arguments string) string {
	if isScript(command) {
		return command
	}
	rest, isRun := cutPrefixFold(strings.TrimSpace(arguments), "/c")
	script := strings.Trim(rest, ` "`)
	if !isRun || !isOneOf(base(command), "cmd.exe", "cmd") || !isScript(script) || strings.ContainsAny(script, `"&|<>^`) {
		return ""
	}
	return script
}

func cutPrefixFold(s, prefix string) (rest string, found bool) {
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return s, false
	}
	return s[len(prefix):], true
}

func isScript(command string) bool {
	ext := strings.ToLower(command[max(0, len(command)-len(".cmd")):])
	return ext == ".cmd" || ext == ".bat"
}

// speaksOfDaemon looks for the daemon in the names of files and tasks, and in arguments. Other modules of iai_mcp are other programs, and
// directories are called as they like.
func speaksOfDaemon(line string) bool {
	return slices.ContainsFunc(fragments(line), func(word string) bool {
		name := strings.ToLower(base(word))
		return name == lockcore.DaemonModule || strings.Contains(name, "daemon") && !strings.HasPrefix(name, "iai_mcp.")
	})
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
