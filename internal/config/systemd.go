package config

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// unitDir returns the directory of a user's own units (systemd.unit(5)).
func unitDir(env func(string) string, home string) string {
	if xdg := env("XDG_CONFIG_HOME"); filepath.IsAbs(xdg) {
		return filepath.Join(xdg, "systemd", "user")
	}
	return filepath.Join(home, ".config", "systemd", "user")
}

// systemdServices reads the services of this user, each with its drop-ins.
func systemdServices(dir, home string) (list []Service) {
	for _, path := range units(dir) {
		if u := loadUnit(path, home); u.isDaemon() {
			list = append(list, u.service())
		}
	}
	return list
}

// units lists the services that have a file or drop-ins in dir: `systemctl --user edit` makes drop-ins for a unit that lies
// elsewhere.
func units(dir string) []string {
	files, _ := filepath.Glob(filepath.Join(dir, "*.service")) // the only error is of the pattern
	dropIns, _ := filepath.Glob(filepath.Join(dir, "*.service.d"))
	for _, d := range dropIns {
		files = append(files, strings.TrimSuffix(d, ".d"))
	}
	slices.Sort(files)
	return slices.Compact(files)
}

// loadUnit reads the files of a unit. One that cannot be read matters only if the unit's name says that it is the daemon's.
func loadUnit(path, home string) *unit {
	dropIns, _ := filepath.Glob(filepath.Join(path+".d", "*.conf"))
	u := &unit{name: filepath.Base(path), home: home, restartIn: defaultRestart}
	for _, path := range append([]string{path}, dropIns...) { // Glob sorts, as systemd does
		data, err := readServiceFile(path)
		switch {
		case err == nil:
			u.read(string(data), path)
		case !errors.Is(err, fs.ErrNotExist) && mentionsDaemon(u.name):
			u.unread = err
			return u
		}
	}
	return u
}

// unit collects what the files of one unit say.
type unit struct {
	name, home  string
	daemon      bool // it starts the daemon
	store, from string
	variables   []string // the files of variables
	restart     string   // Restart=
	restartIn   time.Duration
	unread      error // of a file that could not be read
}

// read takes in a unit, or a drop-in, which goes on where the file before ended.
func (u *unit) read(text, path string) {
	for key, value := range serviceKeys(text) {
		switch key {
		case "ExecStart":
			u.daemon = u.daemon || mentionsDaemon(value)
		case "Environment":
			if store, said := environment(value, u.name, u.home); said {
				u.store, u.from = store, path
			}
		case "EnvironmentFile":
			u.addVariables(specifiers(value, u.name, u.home))
		case "Restart":
			u.restart = value
		case "RestartSec":
			if span, ok := timeSpan(value); ok { // else systemd ignores the line
				u.restartIn = span
			}
		}
	}
}

// service returns what the unit says. It doubts the store where an EnvironmentFile= may name another one, which goes before all
// Environment= (systemd.exec(5)).
func (u *unit) service() Service {
	s := Service{Name: u.name, Restart: u.restartDelay()}
	if strings.Contains(u.name, "@.") { // a template, no instance of which is known
		s.Name = ""
	}
	if u.unread != nil {
		s.doubts = []error{u.unread}
		return s
	}
	s.Store, s.file = u.store, u.from
	s.refuseRelative()
	if i := slices.IndexFunc(u.variables, mayNameStore); i >= 0 {
		s.doubts = append(s.doubts, u.notRead(strings.TrimPrefix(u.variables[i], "-")))
	}
	return s
}

func (u *unit) isDaemon() bool { return u.daemon || mentionsDaemon(u.name) }

// addVariables takes in one EnvironmentFile= line. An empty one takes all before it back.
func (u *unit) addVariables(file string) {
	if u.variables = append(u.variables, file); file == "" {
		u.variables = nil
	}
}

// mayNameStore reports whether a file of variables cannot be read, or speaks of the store. One that need not be there ("-") may be missing.
func mayNameStore(value string) bool {
	path, optional := strings.CutPrefix(value, "-")
	data, err := readServiceFile(path)
	if optional && errors.Is(err, fs.ErrNotExist) {
		return false
	}
	return err != nil || strings.Contains(string(data), StoreVariable)
}

func (u *unit) notRead(file string) error {
	other := "a store"
	if u.store != "" {
		other = "another store"
	}
	return fmt.Errorf("%s: its EnvironmentFile %s is not read, and may name %s: put it into the config file too", u.name, file, other)
}

// environment reads one Environment= line: assignments to be added. An empty one takes all before it back.
func environment(value, name, home string) (store string, said bool) {
	if value == "" {
		return "", true
	}
	for _, word := range splitWords(value) {
		if v, ok := strings.CutPrefix(word, StoreVariable+"="); ok {
			store, said = specifiers(v, name, home), true
		}
	}
	return store, said
}

// specifiers replaces what systemd does in a path; what it does not know stays, so that the store is then missing and its name
// says why.
func specifiers(s, name, home string) string {
	unit := strings.TrimSuffix(name, ".service")
	return strings.NewReplacer("%%", "%", "%h", home, "%n", name, "%N", unit).Replace(s)
}

// serviceKeys gives the lines KEY=VALUE of [Service], in order.
func serviceKeys(text string) func(yield func(key, value string) bool) {
	return func(yield func(key, value string) bool) {
		section := ""
		for line := range strings.Lines(joinLines(text)) {
			line = strings.TrimSpace(line)
			if strings.HasPrefix(line, "[") {
				section = line
				continue
			}
			key, value, ok := strings.Cut(line, "=")
			if ok && section == "[Service]" && !yield(strings.TrimSpace(key), strings.TrimSpace(value)) {
				return
			}
		}
	}
}

// joinLines undoes continued lines: a backslash at the end; comments in between do not end the continuation
// (systemd.syntax(7)).
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
