package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// systemdServices reads the units in dir that start the daemon, each with its drop-ins.
func systemdServices(dir, home string) (list []Service) {
	for _, path := range units(dir) {
		if u := loadUnit(path, home); u.isDaemon() {
			list = append(list, u.service())
		}
	}
	return list
}

// units returns the services that have a file or drop-ins in dir. `systemctl --user edit` makes drop-ins there for a unit in another
// directory.
func units(dir string) []string {
	files := matches(dir, "*.service")
	for _, d := range matches(dir, "*.service.d") {
		files = append(files, strings.TrimSuffix(d, ".d"))
	}
	slices.Sort(files)
	return slices.Compact(files)
}

// loadUnit reads the files of a unit, and goes on after an unreadable one.
func loadUnit(path, home string) *unit {
	u := &unit{name: filepath.Base(path), home: home, restartIn: defaultRestart}
	for _, path := range append([]string{path}, matches(path+".d", "*.conf")...) { // in systemd's order
		if target, _ := os.Readlink(path); target == os.DevNull { // switched off
			continue
		}
		data, err := readServiceFile(path)
		switch {
		case err == nil:
			u.read(string(data), path)
		case !errors.Is(err, fs.ErrNotExist):
			u.unread = append(u.unread, err)
		}
	}
	return u
}

// A unit collects the settings from the files of one systemd unit.
type unit struct {
	name, home  string
	daemon      bool     // the unit starts the daemon
	store, from string   // the store, and the file that sets it
	variables   []string // files of variables
	restart     string   // Restart=
	restartIn   time.Duration
	unread      []error // the errors of unreadable files
	mistake     []error // about a line that would set the store if systemd did not ignore the end of it
}

// read adds the settings in [Service] of one file, the unit's own or a drop-in, to those of the files before it.
func (u *unit) read(text, path string) {
	section := ""
	for line := range strings.Lines(joinLines(text)) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			section = line
			continue
		}
		if key, value, ok := strings.Cut(line, "="); ok && section == "[Service]" {
			u.set(strings.TrimSpace(key), strings.TrimSpace(value), path)
		}
	}
}

func (u *unit) set(key, value, path string) {
	switch key {
	case "ExecStart":
		u.daemon = value != "" && (u.daemon || mentionsDaemon(value)) // an empty line clears all earlier ones
	case "Environment":
		u.addEnvironment(value, path)
	case "EnvironmentFile":
		u.addVariables(u.expand(value))
	case "Restart":
		u.restart = value
	case "RestartSec":
		if span, ok := timeSpan(value); ok { // systemd ignores an invalid line
			u.restartIn = span
		}
	}
}

// service returns the service of a unit. It doubts the store if the store's path is relative, if a file of the unit could not be read, if a
// line with the store has a mistake, or if an EnvironmentFile= may name a store, since that overrides every Environment=
// (systemd.exec(5)).
func (u *unit) service() Service {
	s := Service{Name: u.name, Restart: u.restartDelay()}
	if strings.Contains(u.name, "@.") { // a template, whose instances are not known
		s.Name = ""
	}
	s.Store, s.file = u.store, u.from
	s.refuseRelative()
	s.doubts = slices.Concat(s.doubts, u.unread, u.mistake)
	if i := slices.IndexFunc(u.variables, mayNameStore); i >= 0 {
		s.doubts = append(s.doubts, u.fileDoubt(strings.TrimPrefix(u.variables[i], "-")))
	}
	return s
}

func (u *unit) isDaemon() bool { return u.daemon || mentionsDaemon(u.name) }

// addVariables adds one EnvironmentFile= line. An empty line clears all earlier ones.
func (u *unit) addVariables(file string) {
	if u.variables = append(u.variables, file); file == "" {
		u.variables = nil
	}
}

// mayNameStore reports whether a file of variables mentions the store or cannot be read. An optional file ("-") may be missing.
func mayNameStore(value string) bool {
	path, optional := strings.CutPrefix(value, "-")
	data, err := readServiceFile(path)
	if optional && errors.Is(err, fs.ErrNotExist) {
		return false
	}
	return err != nil || strings.Contains(string(data), StoreVariable)
}

func (u *unit) fileDoubt(file string) error {
	other := "a store"
	if u.store != "" {
		other = "another store"
	}
	return fmt.Errorf("%s: its EnvironmentFile %s may name %s, which Lockbar does not take from there: "+PutInConfig,
		u.name, file, other)
}

// addEnvironment adds the assignments of one Environment= line. An empty line clears all earlier ones. A line with a mistake may have been
// meant to name a store.
func (u *unit) addEnvironment(value, path string) {
	if value == "" {
		u.store, u.from, u.mistake = "", path, nil
	}
	words, ok := splitWords(value)
	for _, word := range words {
		if store, ok := strings.CutPrefix(word, StoreVariable+"="); ok {
			u.store, u.from, u.mistake = u.expand(store), path, nil
		}
	}
	if !ok && strings.Contains(value, StoreVariable) {
		u.mistake = []error{fmt.Errorf("%s: a line with %s has an open quote or an invalid escape, and systemd ignores the end of it",
			path, StoreVariable)}
	}
}

// expand replaces the specifiers %%, %h, %n and %N in a path. It keeps all others: no such store exists then, and its path shows why.
func (u *unit) expand(path string) string {
	return strings.NewReplacer("%%", "%", "%h", u.home, "%n", u.name, "%N", strings.TrimSuffix(u.name, ".service")).Replace(path)
}

// joinLines joins lines that end with a backslash to the next line. Comments in between do not end the continuation (systemd.syntax(7)).
func joinLines(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if start := strings.TrimLeft(line, " \t"); strings.HasPrefix(start, "#") || strings.HasPrefix(start, ";") {
			continue
		}
		line, continued := strings.CutSuffix(line, `\`)
		b.WriteString(line)
		if continued {
			b.WriteByte(' ')
		} else {
			b.WriteByte('\n')
		}
	}
	return b.String()
}
