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

// The daemon's installer leaves two files: the definition of the task that it registered with the Windows task scheduler, and the script
// that the task runs. They are read here, since only administrators can list the scheduler's own files.

// taskStores returns the store with which the daemon's task starts it. It reports files that disagree: a sync program may have put the
// file of another computer beside ours.
func taskStores(list []Service, home string) (found []StorePath, problems []error) {
	var certain *Service
	for i := range list {
		t := &list[i]
		switch problems = append(problems, t.doubts...); {
		case len(t.doubts) > 0:
		case certain == nil:
			certain = t
		case !certain.agrees(t, home):
			problems = append(problems, fmt.Errorf("%s and %s start the daemon with different stores: "+PutInConfig, certain.file, t.file))
		}
	}
	found, _ = firstStore(list)
	return found, problems
}

// errRival is the doubt about a task if the files with its name do not all certainly lead to the same store.
var errRival = errors.New("two files disagree about the task")

// doubtRivals gives each task that does not certainly agree with all tasks of its name a single doubt, errRival.
func doubtRivals(list []Service, home string) []Service {
	doubted := slices.Clone(list)
	for i := range list {
		isRival := func(other Service) bool {
			return strings.EqualFold(other.Name, list[i].Name) && !other.agrees(&list[i], home)
		}
		if slices.ContainsFunc(list, isRival) { // a task that is not understood does not even agree with itself
			doubted[i].doubts = []error{errRival}
		}
	}
	return doubted
}

// agrees reports whether both services certainly start the daemon with the same store. Windows ignores case.
func (s *Service) agrees(other *Service, home string) bool {
	same := strings.EqualFold(filepath.Clean(s.startedWith(home)), filepath.Clean(other.startedWith(home)))
	return len(s.doubts) == 0 && len(other.doubts) == 0 && same
}

// taskServices reads the files that the installer left in the default store, iai-mcp-daemon.task.xml and daemon-start.cmd. It does not
// rely on their names: it reads the task's name and the path of the script from every .xml file there.
func taskServices(home string, env func(string) string) (list []Service) {
	dir := filepath.Join(home, ".iai-mcp")
	paths, ok := fsx.InTimeOf(context.Background(), dir, fsx.ReadTimeout, func() []string { // dir may be a link to a network drive
		return matches(dir, "*.xml")
	})
	if !ok { // the task may run all the same: the scheduler has its own copy of the definition
		return []Service{doubtful(fmt.Errorf("%s does not answer, so its files do not tell which store the daemon uses", dir))}
	}
	for _, path := range paths {
		if t, isDaemon := readTask(path, env); isDaemon {
			list = append(list, t)
		}
	}
	return list
}

// readTask reads a task and the script that it runs. isDaemon reports whether the task starts the daemon, or may start it; then the task
// has a doubt. A file that cannot be read or parsed counts only if its name mentions the daemon. A task whose actions are not understood
// counts only if the daemon is mentioned by an action, the name of the file or the name of the task.
func readTask(path string, env func(string) string) (t Service, isDaemon bool) {
	name := filepath.Base(path)
	data, err := readServiceFile(path)
	if err != nil {
		return doubtful(err), mentionsDaemon(name) || namesDaemon(name)
	}
	file, err := parseTask(data)
	if err != nil {
		return doubtful(fmt.Errorf("%s: %w", path, err)), mentionsDaemon(name) || namesDaemon(name)
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
	return t, namesDaemon(name) || namesDaemon(t.Name)
}

// runs reads an action of a task into s, and reports whether the action starts the daemon or mentions it. If it runs a script, s.file is
// the script.
func (s *Service) runs(path, command, arguments string, env func(string) string) (isDaemon bool) {
	s.Command = expandPercent(strings.Trim(strings.TrimSpace(command), `"`), env)
	line := `"` + s.Command + `" ` + arguments
	s.file, s.Store, s.doubts = path, "", nil
	if runsDaemon(line) {
		return true
	}
	script := scriptOf(s.Command, expandPercent(arguments, env))
	if script == "" { // no Command: a process of a common program, such as powershell.exe, need not belong to this task
		s.Command, s.doubts = "", notStarted(path)
		return namesDaemon(line)
	}
	s.Command, s.file = script, script
	return s.readScript(path, env) || namesDaemon(line)
}

func notStarted(path string) []error {
	return []error{fmt.Errorf("%s: how it starts the daemon is not understood: "+PutInConfig, path)}
}

// readScript reads the store from the script s.file, and reports whether the script seems to start the daemon. It does not decode the
// bytes, since cmd.exe does not skip a byte order mark.
func (s *Service) readScript(path string, env func(string) string) (starts bool) {
	if !filepath.IsAbs(s.file) {
		s.doubts = []error{fmt.Errorf("%s: its script %s is not an absolute path: "+PutInConfig, path, s.file)}
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

// scriptOf returns the script that a command runs, directly or by cmd.exe /c; empty if none is understood.
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

// namesDaemon reports whether arguments, or the name of a file or task, mention the daemon. "iai-mcp" alone is not enough: another task of
// iai-mcp, in the same directory, scans for conversations. Other modules of iai_mcp are other programs.
func namesDaemon(line string) bool {
	return slices.ContainsFunc(fragments(line), func(word string) bool {
		name := strings.ToLower(base(word))
		return name == lockcore.DaemonModule || strings.Contains(name, "daemon") && !strings.HasPrefix(name, "iai_mcp.")
	})
}

// taskFile is the part of the Task Scheduler Schema (MS-TSCH 2.5) that Lockbar reads. Its names are the same in every language of Windows.
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
	// decoded made the text UTF-8, whatever it declares.
	d.CharsetReader = func(_ string, input io.Reader) (io.Reader, error) { return input, nil }
	err = d.Decode(&file)
	return file, err
}

// isoSpan reads an XML Schema duration in whole days, hours, minutes and seconds, such as PT1M, and returns at most maxRestart. It returns
// 0 for any other text.
func isoSpan(text string) time.Duration {
	form := regexp.MustCompile(`^P(?:(\d{1,18})D)?(?:T(?:(\d{1,18})H)?(?:(\d{1,18})M)?(?:(\d{1,18})S)?)?$`)
	parts, sum := form.FindStringSubmatch(strings.TrimSpace(text)), 0.0
	for i := 1; i < len(parts); i++ {
		n, _ := strconv.ParseFloat(parts[i], 64) // an absent part is empty and counts 0
		sum += n * [...]float64{86400, 3600, 60, 1}[i-1]
	}
	return spanOf(sum)
}
