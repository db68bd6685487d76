package machine_test

import (
	"os"
	"os/exec"
	"os/user"
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
