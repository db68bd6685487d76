package machine_test

import (
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"lockbar/internal/machine"
)

const childEnv = "MACHINE_TEST_HOME"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		os.Stdout.WriteString(machine.Home())
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestWithoutHome uses a child process: this one may have cached the system's answer.
func TestWithoutHome(t *testing.T) {
	u, err := user.Current()
	if err != nil {
		t.Skip(err)
	}
	for _, test := range []struct{ name, value, want string }{
		{"unset", "", u.HomeDir}, {"empty", "HOME=", u.HomeDir}, {"set", "HOME=/of/env", "/of/env"},
	} {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(slices.DeleteFunc(os.Environ(), isHome), childEnv+"=1")
		if test.value != "" {
			cmd.Env = append(cmd.Env, test.value, strings.Replace(test.value, "HOME", "USERPROFILE", 1))
		}
		out, err := cmd.Output()
		if err != nil || string(out) != test.want {
			t.Errorf("%s: %q, %v, want %q", test.name, out, err, test.want)
		}
	}
}

func isHome(v string) bool {
	return strings.HasPrefix(v, "HOME=") || strings.HasPrefix(v, "USERPROFILE=")
}

// TestPlaces checks that XDG variables are ignored on Linux if they hold a relative path, and on macOS always.
func TestPlaces(t *testing.T) {
	abs := t.TempDir()
	library := filepath.Join("H", "Library", "Application Support", "Lockbar")
	for _, test := range []struct {
		goos, home      string
		env             map[string]string
		settings, state string
	}{
		{"linux", "H", nil, filepath.Join("H", ".config", "lockbar"), filepath.Join("H", ".local", "state", "lockbar")},
		{"linux", "H", map[string]string{"XDG_CONFIG_HOME": abs, "XDG_STATE_HOME": "relative"},
			filepath.Join(abs, "lockbar"), filepath.Join("H", ".local", "state", "lockbar")},
		{"linux", "", map[string]string{"XDG_CONFIG_HOME": "relative", "XDG_STATE_HOME": abs}, "", filepath.Join(abs, "lockbar")},
		{"linux", "", nil, "", ""},
		{"darwin", "H", map[string]string{"XDG_CONFIG_HOME": abs, "XDG_STATE_HOME": abs}, library, library},
		{"darwin", "", map[string]string{"XDG_CONFIG_HOME": abs}, "", ""},
		{"windows", "H", map[string]string{"AppData": "A", "LocalAppData": "L"}, filepath.Join("A", "Lockbar"), filepath.Join("L", "Lockbar")},
		{"windows", "H", nil, "", ""},
	} {
		env := func(name string) string { return test.env[name] }
		settings, state := machine.Settings.Lockbar(test.goos, env, test.home), machine.State.Lockbar(test.goos, env, test.home)
		if settings != test.settings || state != test.state {
			t.Errorf("%+v: %q, %q", test, settings, state)
		}
	}
}
