package state

import (
	"os"
	"path/filepath"
	"testing"
)

func TestClaimKeepsAnExistingFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "machine")
	claim(path, "first")
	claim(path, "second")
	if data, err := os.ReadFile(path); err != nil || string(data) != "first\n" {
		t.Errorf("%q, %v", data, err)
	}
}

func TestCreateKeepsAnExistingFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "machine")
	create(path, []byte("first\n"))
	create(path, []byte("second\n"))
	if data, err := os.ReadFile(path); err != nil || string(data) != "first\n" {
		t.Errorf("%q, %v", data, err)
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
