package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// module is a library that is compiled in on some system.
type module struct{ path, version, dir string }

// systems are those that there are releases for: each has libraries of its own.
var systems = []string{"linux", "darwin", "windows"}

// modules asks the Go tool, so that the list cannot be forgotten when a library is added.
func modules() ([]module, error) {
	var all []module
	for _, system := range systems {
		found, err := modulesOn(system)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	slices.SortFunc(all, func(a, b module) int { return strings.Compare(a.path, b.path) })
	return slices.Compact(all), nil
}

func modulesOn(system string) ([]module, error) {
	const format = "{{with .Module}}{{if not .Main}}{{.Path}}\t{{.Version}}\t{{.Dir}}{{end}}{{end}}"
	cmd := exec.Command("go", "list", "-deps", "-f", format, ".")
	cmd.Env = append(os.Environ(), "GOOS="+system, "CGO_ENABLED=0")
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list for %s: %w", system, err)
	}
	var found []module
	for line := range strings.Lines(string(out)) {
		if f := strings.Split(strings.TrimSpace(line), "\t"); len(f) == 3 {
			found = append(found, module{f[0], f[1], f[2]})
		}
	}
	return found, nil
}

// makeNotices writes the licences of all that is compiled in: they ask to go along with a binary. Go-licenses looks at one
// system at a time, so that its output would still have to be merged.
func makeNotices(args []string) error {
	all, err := modules()
	if err != nil {
		return err
	}
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return err
	}
	all = append(all, module{"The Go standard library", "", strings.TrimSpace(string(root))})
	var b bytes.Buffer
	b.WriteString("Lockbar contains the following libraries, under the licences given.\n")
	for _, m := range all {
		if err := m.notice(&b); err != nil {
			return err
		}
	}
	return write(args[0], b.Bytes(), 0o644)
}

// notice fails where a library has no licence file: then somebody has to look.
func (m module) notice(b *bytes.Buffer) error {
	names, err := m.licenceFiles()
	if err != nil {
		return err
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		rule := strings.Repeat("=", 80)
		fmt.Fprintf(b, "\n%s\n%s\n\n%s\n", rule, strings.TrimSpace(m.path+" "+m.version), bytes.TrimSpace(text))
	}
	return nil
}

func (m module) licenceFiles() ([]string, error) {
	var names []string
	for _, pattern := range []string{"LICEN[CS]E*", "COPYING*", "NOTICE*"} {
		found, err := filepath.Glob(filepath.Join(m.dir, pattern))
		if err != nil {
			return nil, err
		}
		names = append(names, found...)
	}
	if len(names) == 0 {
		return nil, fmt.Errorf("%s %s has no licence file", m.path, m.version)
	}
	return names, nil
}
