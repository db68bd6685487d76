package config

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"lockbar/internal/testfs"
)

func put(t *testing.T, path, text string) string {
	t.Helper()
	testfs.Check(t, os.MkdirAll(filepath.Dir(path), 0o700))
	testfs.Check(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

// user makes a home directory, and sets an environment that names no other place.
func user(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	for _, name := range []string{"HOME", "USERPROFILE"} {
		t.Setenv(name, home)
	}
	for _, name := range []string{"XDG_CONFIG_HOME", "LOCKBAR_CONFIG", StoreVariable} {
		t.Setenv(name, "")
	}
	t.Setenv("AppData", filepath.Join(home, "AppData"))
	return home
}

// joined joins the problems into one error.
func joined(stores []StorePath, problems []error) ([]StorePath, error) {
	return stores, errors.Join(problems...)
}

// completed sets the default stores of services as Services does, and clears their unexported fields.
func completed(list []Service, home string) []Service {
	list = withDefault(list, home)
	for i := range list {
		list[i].file, list[i].doubts = "", nil
	}
	return list
}

// TestFindStoresInOrder adds sources one by one. Each takes precedence over the earlier ones.
func TestFindStoresInOrder(t *testing.T) {
	home := user(t)
	want := func(stores ...StorePath) {
		t.Helper()
		if got := FindStores(nil); !reflect.DeepEqual(got.Stores, stores) || got.Problems != nil {
			t.Errorf("FindStores: %+v, want %+v", got, stores)
		}
	}
	want(StorePath{filepath.Join(home, ".iai-mcp"), FromDefault})
	if runtime.GOOS == "linux" {
		unit := put(t, filepath.Join(home, ".config", "systemd", "user", "iai-mcp.service"), "[Service]\nEnvironment=IAI_MCP_STORE=%h/unit\n")
		want(StorePath{filepath.Join(home, "unit"), unit})
	}
	settings := filepath.Join(home, "config.json")
	t.Setenv("LOCKBAR_CONFIG", settings)
	put(t, settings, `{"stores": ["~/a", "~/b"]}`)
	want(StorePath{filepath.Join(home, "a"), settings}, StorePath{filepath.Join(home, "b"), settings})
	t.Setenv(StoreVariable, "/env")
	want(StorePath{"/env", StoreVariable})
	if got := FindStores([]string{"x", "y"}); !reflect.DeepEqual(got.Stores, []StorePath{{"x", FromFlag}, {"y", FromFlag}}) {
		t.Errorf("FindStores with --store: %+v", got)
	}
}

// TestFindStoresBesideBadSettings checks that the search reports bad settings and continues.
func TestFindStoresBesideBadSettings(t *testing.T) {
	home := user(t)
	t.Setenv("LOCKBAR_CONFIG", put(t, filepath.Join(home, "config.json"), "{,"))
	got := FindStores(nil)
	if len(got.Stores) != 1 || got.Stores[0].From != FromDefault || len(got.Problems) != 1 || !strings.Contains(got.Problems[0].Error(), "line 1") {
		t.Errorf("FindStores: %+v", got)
	}
}

// TestFindStoresWithoutHomeInTheEnvironment checks that the system's user database gives the home directory.
func TestFindStoresWithoutHomeInTheEnvironment(t *testing.T) {
	user(t)
	for _, name := range []string{"HOME", "USERPROFILE", "AppData"} {
		t.Setenv(name, "")
	}
	if got := FindStores(nil); len(got.Stores) == 0 {
		t.Errorf("FindStores: %+v", got)
	}
}
