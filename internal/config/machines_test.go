package config_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"lockbar/internal/config"
	"lockbar/internal/machine"
	"lockbar/internal/testfs"
)

const idA, idB = "aaaaaaaaaaaaaaaa", "bbbbbbbbbbbbbbbb"

func load(t *testing.T, path string) config.Config {
	t.Helper()
	c, err := config.Load(path)
	testfs.Check(t, err)
	return c
}

func update(t *testing.T, path string, change func(*config.Config)) {
	t.Helper()
	if _, err := config.Update(path, change); err != nil {
		t.Fatal(err)
	}
}

// save replaces the settings in the file.
func save(path string, c config.Config) error {
	_, err := config.Update(path, func(now *config.Config) { *now = c })
	return err
}

// TestMachinesThatShareAFile checks that the second machine, until it saves, uses the first one's settings except the pause, and that the
// first one does not see what the second then saves.
func TestMachinesThatShareAFile(t *testing.T) {
	path := file(t, `{"stores": ["~/shared"], "future": 1}`)
	own := filepath.Join(filepath.Dir(path), "config-"+idB+".json")
	until := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	t.Setenv(machine.Variable, idA)
	update(t, path, func(c *config.Config) { c.PausedUntil, c.Notify.Away = until, false })

	t.Setenv(machine.Variable, idB)
	c := load(t, path)
	if !c.PausedUntil.IsZero() || c.Notify.Away || !reflect.DeepEqual(c.Stores, []string{"~/shared"}) || config.Source(path) != path {
		t.Errorf("before the second machine saves: %+v of %s", c, config.Source(path))
	}
	before := content(t, path)
	update(t, path, func(c *config.Config) { c.Notify.Stale = false })
	if c = load(t, path); c.Notify.Stale || c.Notify.Away || !c.PausedUntil.IsZero() || config.Source(path) != own {
		t.Errorf("after the second machine saved: %+v of %s", c, config.Source(path))
	}
	if content(t, path) != before || !strings.Contains(content(t, own), `"future": 1`) || !strings.Contains(content(t, own), idB) {
		t.Errorf("the first machine has %s, the second %s", content(t, path), content(t, own))
	}
	if stores, err := config.Stores(path); err != nil || len(stores) != 1 {
		t.Errorf("Stores: %q, %v", stores, err)
	}

	t.Setenv(machine.Variable, idA)
	if c = load(t, path); !c.Notify.Stale || !c.PausedUntil.Equal(until) {
		t.Errorf("the first machine has %+v", c)
	}
}

// TestOwnFileWithoutTheOther checks that this machine's own file does not depend on the other machine's.
func TestOwnFileWithoutTheOther(t *testing.T) {
	t.Setenv(machine.Variable, idB)
	path := file(t, `{"machine": "`+idA+`"}`)
	update(t, path, func(c *config.Config) { c.Notify.Stale = false })
	for _, text := range []string{"{,", ""} {
		testfs.Check(t, os.WriteFile(path, []byte(text), 0o600))
		if c := load(t, path); c.Notify.Stale {
			t.Errorf("%q: %+v", text, c)
		}
	}
}

// TestFaultOfTheOther checks that a fault in the other machine's file is reported with its path, by Load and by Update.
func TestFaultOfTheOther(t *testing.T) {
	t.Setenv(machine.Variable, idB)
	path := file(t, `{"machine": "`+idA+`", "notify": 1}`)
	if _, err := config.Load(path); err == nil || !strings.Contains(err.Error(), path) {
		t.Error("Load:", err)
	}
	if err := save(path, config.Default()); err == nil || !strings.Contains(err.Error(), path) {
		t.Error("Update:", err)
	}
}
