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

// unitDir is where a user's own units are (systemd.unit(5)).
func unitDir(env func(string) string, home string) string {
	if xdg := env("XDG_CONFIG_HOME"); filepath.IsAbs(xdg) {
		return filepath.Join(xdg, "systemd", "user")
	}
	return filepath.Join(home, ".config", "systemd", "user")
}

// systemd reads the services of this user, each with its drop-ins; the first that starts the daemon with a store counts.
func systemd(dir, home string) ([]StorePath, error) {
	var problems []error
	for _, unit := range units(dir) {
		stores, err := readUnit(unit, home)
		problems = append(problems, err)
		if len(stores) > 0 {
			return stores, errors.Join(problems...)
		}
	}
	return nil, errors.Join(problems...)
}

// units are the services that have a file or drop-ins in dir: `systemctl --user edit` makes drop-ins for a unit that lies
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

// readUnit gives the store of a unit, and names the file that has the last word on it.
func readUnit(unit, home string) ([]StorePath, error) {
	service, err := loadUnit(unit, home)
	if err != nil {
		return nil, err
	}
	return service.result()
}

// loadUnit reads the files of a unit. One that cannot be read matters only if the unit's name says that it is the daemon's.
func loadUnit(unit, home string) (service, error) {
	dropIns, _ := filepath.Glob(filepath.Join(unit+".d", "*.conf"))
	s := service{name: filepath.Base(unit), home: home, restartIn: defaultRestart}
	for _, path := range append([]string{unit}, dropIns...) { // Glob sorts, as systemd does
		data, err := readServiceFile(path)
		switch {
		case err == nil:
			s.read(string(data), path)
		case !errors.Is(err, fs.ErrNotExist) && mentionsDaemon(s.name):
			return s, err
		}
	}
	return s, nil
}

// service is what the files of one unit come to.
type service struct {
	name, home  string
	daemon      bool // it starts the daemon
	store, from string
	variables   []string // the files of variables
	restart     string   // Restart=
	restartIn   time.Duration
}

// read takes in a unit, or a drop-in, which goes on where the file before ended.
func (s *service) read(text, path string) {
	for key, value := range serviceKeys(text) {
		switch key {
		case "ExecStart":
			s.daemon = s.daemon || mentionsDaemon(value)
		case "Environment":
			if store, said := environment(value, s.name, s.home); said {
				s.store, s.from = store, path
			}
		case "EnvironmentFile":
			s.addVariables(specifiers(value, s.name, s.home))
		case "Restart":
			s.restart = value
		case "RestartSec":
			if span, ok := timeSpan(value); ok { // else systemd ignores the line
				s.restartIn = span
			}
		}
	}
}

// result gives the store beside the doubt: what an EnvironmentFile= says goes before all Environment= (systemd.exec(5)).
func (s *service) result() ([]StorePath, error) {
	if !s.isDaemon() {
		return nil, nil
	}
	stores, err := absoluteStore(s.store, s.from)
	if i := slices.IndexFunc(s.variables, mayNameStore); i >= 0 {
		err = errors.Join(err, s.notRead(strings.TrimPrefix(s.variables[i], "-")))
	}
	return stores, err
}

func (s *service) isDaemon() bool { return s.daemon || mentionsDaemon(s.name) }

// addVariables takes in one EnvironmentFile= line. An empty one takes all before it back.
func (s *service) addVariables(file string) {
	if s.variables = append(s.variables, file); file == "" {
		s.variables = nil
	}
}

// mayNameStore: a file of variables cannot be read, or speaks of the store. One that need not be there ("-") names none then.
func mayNameStore(value string) bool {
	path, optional := strings.CutPrefix(value, "-")
	data, err := readServiceFile(path)
	if optional && errors.Is(err, fs.ErrNotExist) {
		return false
	}
	return err != nil || strings.Contains(string(data), StoreVariable)
}

func (s *service) notRead(file string) error {
	other := "a store"
	if s.store != "" {
		other = "another store"
	}
	return fmt.Errorf("%s: its EnvironmentFile %s is not read, and may name %s: put it into the config file too", s.name, file, other)
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
