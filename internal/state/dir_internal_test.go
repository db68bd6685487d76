package state

import (
	"os"
	"path/filepath"
	"testing"
)

func TestExistingOwnerIsKept(t *testing.T) {
	for name, write := range map[string]func(path, id string){
		"claim":  claim,
		"create": func(path, id string) { create(path, []byte(id+"\n")) },
	} {
		path := filepath.Join(t.TempDir(), "machine")
		write(path, "first")
		write(path, "second")
		if data, err := os.ReadFile(path); err != nil || string(data) != "first\n" {
			t.Errorf("%s: %q, %v", name, data, err)
		}
	}
}

func TestDefaultDir(t *testing.T) {
	abs := t.TempDir()
	for _, test := range []struct{ goos, variable, value, home, want string }{
		{"linux", "", "", "H", filepath.Join("H", ".local", "state", "lockbar")},
		{"linux", "XDG_STATE_HOME", abs, "H", filepath.Join(abs, "lockbar")},
		{"linux", "XDG_STATE_HOME", abs, "", filepath.Join(abs, "lockbar")},
		{"linux", "XDG_STATE_HOME", "relative", "", ""},
		{"darwin", "XDG_STATE_HOME", abs, "H", filepath.Join("H", "Library", "Application Support", "Lockbar")},
		{"darwin", "", "", "", ""},
		{"windows", "LocalAppData", "L", "H", filepath.Join("L", "Lockbar")},
		{"windows", "", "", "H", ""},
	} {
		env := func(name string) string {
			if name == test.variable {
				return test.value
			}
			return ""
		}
		if got := defaultDir(test.goos, env, test.home); got != test.want {
			t.Errorf("%+v: %q", test, got)
		}
	}
}
