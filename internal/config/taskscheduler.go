package config

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"lockbar/internal/fsx"
	"lockbar/lockcore"
)

// The files of a task are what the daemon's installer registered with the task scheduler of Windows, and the script that it runs. Only
// administrators can list the scheduler's own files.

// taskStores returns the store that the daemon's task is started with. Files that disagree are told: one may be another computer's, which a
// sync program has put beside ours.
func taskStores(list []Service, home string) (found []StorePath, problems []error) {
	var certain *Service
	for i := range list {
		t := &list[i]
		switch problems = append(problems, t.doubts...); {
		case len(t.doubts) > 0:
		case certain == nil:
			certain = t
		case !certain.agrees(t, home):
			problems = append(problems, fmt.Errorf("%s and %s start the daemon with different stores: put the store into the config file too", certain.file, t.file))
		}
	}
	found, _ = firstStore(list)
	return found, problems
}

// errRival reports that another file tells another store of a task of the same name.
var errRival = errors.New("two files disagree about the task")

// doubtRivals marks the tasks of one name that disagree.
func doubtRivals(list []Service, home string) []Service {
	doubted := slices.Clone(list)
	for i := range list {
		isRival := func(other Service) bool {
			return strings.EqualFold(other.Name, list[i].Name) && !other.agrees(&list[i], home)
		}
		if slices.ContainsFunc(list, isRival) { // if it is not understood itself, it does not agree with itself
			doubted[i].doubts = []error{errRival}
		}
	}
	return doubted
}

// agrees reports whether both are started with the same store for certain. Windows does not tell capitals from small letters.
func (s *Service) agrees(other *Service, home string) bool {
	same := strings.EqualFold(filepath.Clean(s.startedWith(home)), filepath.Clean(other.startedWith(home)))
	return len(s.doubts) == 0 && len(other.doubts) == 0 && same
}

// taskServices reads the files that the installer left in the default store, iai-mcp-daemon.task.xml and daemon-start.cmd. Nothing relies on
// their names: the first says the name of the task, and where the second is.
func taskServices(home string, env func(string) string) (list []Service) {
	dir := filepath.Join(home, ".iai-mcp")
	paths, _ := fsx.InTimeOf(context.Background(), dir, fsx.ReadTimeout, func() []string { // it may be a link to a network drive
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
func readTask(path string, env func(string) string) (t Service, isDaemon bool) {
	name := filepath.Base(path)
	data, err := readServiceFile(path)
	if err != nil {
		return doubtful(err), mentionsDaemon(name) || speaksOfDaemon(name)
	}
	file, err := parseTask(data)
	if err != nil {
		return doubtful(fmt.Errorf("%s: %w", path, err)), mentionsDaemon(name) || speaksOfDaemon(name)
	}
	t = Service{Name: strings.TrimPrefix(file.URI, `\`), Restart: isoSpan(file.Interval)}
	for _, action := range file.Exec {
		if t.runs(path, action.Command, action.Arguments, env) {
			return t, true
		}
	}
	if len(t.doubts) == 0 {
		t.doubts = notStarted(path)
	}
	return t, speaksOfDaemon(name) || speaksOfDaemon(t.Name)
}

// runs takes in an action of a task, and reports whether that is the daemon, or is called so. file becomes the script, if one is run.
func (s *Service) runs(path, command, arguments string, env func(string) string) (isDaemon bool) {
	s.Command = expandPercent(strings.Trim(strings.TrimSpace(command), `"`), env)
	line := `"` + s.Command + `" ` + arguments
	s.file, s.Store, s.doubts = path, "", nil
	if runsDaemon(line) {
		return true
	}
	script := scriptOf(s.Command, expandPercent(arguments, env))
	if script == "" { // the process of a command that many tasks may have, as powershell.exe, is not the daemon's
		s.Command, s.doubts = "", notStarted(path)
		return speaksOfDaemon(line)
	}
	s.Command, s.file = script, script
	return s.readScript(path, env) || speaksOfDaemon(line)
}

func notStarted(path string) []error {
	return []error{fmt.Errorf("%s: how it starts the daemon is not understood: put the store into the config file too", path)}
}

// readScript reports whether the script seems to start the daemon. Its bytes are read as they are: cmd.exe knows no byte order mark.
func (s *Service) readScript(path string, env func(string) string) (starts bool) {
	if !filepath.IsAbs(s.file) {
		s.doubts = []error{fmt.Errorf("%s: its script %s is no absolute path: put the store into the config file too", path, s.file)}
		return false
	}
	data, err := readServiceFile(s.file)
	if err != nil {
		s.doubts = []error{err}
		return false
	}
	s.Store, starts, err = scriptStore(string(data), env)
	if err != nil {
		s.doubts = []error{fmt.Errorf("%s: %w", s.file, err)}
	}
	s.refuseRelative()
	return starts
}

// scriptOf returns the script that a command runs, itself or by cmd.exe /c; empty if there is none that is understood.
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

// taskFile holds the part of the Task Scheduler Schema (MS-TSCH 2.5) that matters here. It is not translated.
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

// isoSpan reads a duration of XML Schema without years and months, as PT1M. It returns 0 if that is not understood.
func isoSpan(text string) time.Duration {
	form := regexp.MustCompile(`^P(?:(\d{1,18})D)?(?:T(?:(\d{1,18})H)?(?:(\d{1,18})M)?(?:(\d{1,18})S)?)?$`)
	parts, sum := form.FindStringSubmatch(strings.TrimSpace(text)), 0.0
	for i := 1; i < len(parts); i++ {
		n, _ := strconv.ParseFloat(parts[i], 64) // an absent part is empty, and read as 0
		sum += n * [...]float64{86400, 3600, 60, 1}[i-1]
	}
	return spanOf(sum)
}
