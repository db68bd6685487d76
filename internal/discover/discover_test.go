package discover

import (
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
)

func put(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// user is a home directory that the environment leads to, and nothing else does.
func user(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	for _, name := range []string{"HOME", "USERPROFILE"} {
		t.Setenv(name, home)
	}
	for _, name := range []string{"XDG_CONFIG_HOME", "LOCKBAR_CONFIG", Variable} {
		t.Setenv(name, "")
	}
	t.Setenv("AppData", filepath.Join(home, "AppData"))
	return home
}

// TestOrder adds what counts more, one after the other.
func TestOrder(t *testing.T) {
	home := user(t)
	want := func(stores ...Store) {
		t.Helper()
		if got := Search(nil); !reflect.DeepEqual(got.Stores, stores) || got.Problem != nil {
			t.Errorf("%+v, want %+v", got, stores)
		}
	}
	want(Store{filepath.Join(home, ".iai-mcp"), Default})
	if runtime.GOOS == "linux" {
		unit := put(t, filepath.Join(home, ".config", "systemd", "user", "iai-mcp.service"), "[Service]\nEnvironment=IAI_MCP_STORE=%h/unit\n")
		want(Store{filepath.Join(home, "unit"), unit})
	}
	settings := filepath.Join(home, "config.json")
	t.Setenv("LOCKBAR_CONFIG", settings)
	put(t, settings, `{"stores": ["~/a", "~/b"]}`)
	want(Store{filepath.Join(home, "a"), settings}, Store{filepath.Join(home, "b"), settings})
	t.Setenv(Variable, "/env")
	want(Store{"/env", Variable})
	if got := Search([]string{"x", "y"}); !reflect.DeepEqual(got.Stores, []Store{{"x", Flag}, {"y", Flag}}) {
		t.Errorf("%+v", got)
	}
}

// TestBadSettings: what they say is not known, so the search goes on and says so.
func TestBadSettings(t *testing.T) {
	home := user(t)
	t.Setenv("LOCKBAR_CONFIG", put(t, filepath.Join(home, "config.json"), "{,"))
	got := Search(nil)
	if len(got.Stores) != 1 || got.Stores[0].From != Default || got.Problem == nil || !strings.Contains(got.Problem.Error(), "line 1") {
		t.Errorf("%+v", got)
	}
}

// TestNoHomeInTheEnvironment: the password database has one.
func TestNoHomeInTheEnvironment(t *testing.T) {
	user(t)
	for _, name := range []string{"HOME", "USERPROFILE", "AppData"} {
		t.Setenv(name, "")
	}
	if got := Search(nil); len(got.Stores) == 0 {
		t.Errorf("%+v", got)
	}
}
