package config_test

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"lockbar/internal/config"
	"lockbar/internal/machine"
	"lockbar/internal/testfs"
)

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.json")
	testfs.Check(t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func content(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	testfs.Check(t, err)
	return string(data)
}

func TestLoad(t *testing.T) {
	quiet := config.Default()
	quiet.Notify.Away = false
	for _, test := range []struct {
		name, text string
		want       config.Config
	}{
		{"empty", "", config.Default()},
		{"blanks", " \n\t", config.Default()},
		{"an empty object", "{}", config.Default()},
		{"a byte order mark", "\xef\xbb\xbf{\"notify\":{\"away\":false}}", quiet},
		{"one kind off", `{"notify": {"away": false}}`, quiet},
		{"the last of a repeated key counts", `{"notify": {"away": true, "away": false}}`, quiet},
		{"the last object of a repeated key counts", `{"notify": 1, "x": 1, "notify": {"away": "no", "away": false}, "x": 2}`, func() config.Config {
			c := quiet
			c.Unknown = []string{"x"}
			return c
		}()},
		{"the last object is not merged", `{"notify": {"away": false}, "stores": ["x"], "notify": {}, "stores": []}`, config.Default()},
		{"null is nothing", `{"stores": null, "paused_until": null}`, config.Default()},
		{"key names are exact", `{"Notify": {"away": false}}`, func() config.Config {
			c := config.Default()
			c.Unknown = []string{"Notify"}
			return c
		}()},
	} {
		got, err := config.Load(file(t, test.text))
		if err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %+v, %v, want %+v", test.name, got, err, test.want)
		}
	}
	if got, err := config.Load(filepath.Join(t.TempDir(), "no", "config.json")); err != nil || !reflect.DeepEqual(got, config.Default()) {
		t.Errorf("no file: %+v, %v", got, err)
	}
}

// TestBadContent checks that the error names the line, the defaults apply, and the file is not overwritten.
func TestBadContent(t *testing.T) {
	for _, test := range []struct {
		text    string
		line    int
		problem string
	}{
		{"{", 1, "not JSON"},
		{"{\n  \"stores\": [],\n}", 3, "not JSON"},
		{"{} {}", 1, "not JSON"},
		{"{}\n// a comment", 2, "not JSON"},
		{"[]", 1, "one object"},
		{"null", 1, "one object"},
		{"\n\n\"x\"", 1, "one object"},
		{"{\n\n\"stores\": \"/a\"}", 3, "list of paths"},
		{"{\"stores\": [null]}", 1, "list of paths"},
		{"{\"stores\": [" + strconv.Quote(testfs.Abs("/a")) + ",\n\"b\"]}", 1, `"b" is not an absolute path`},
		{"{\"stores\": [\"~other/x\"]}", 1, "not an absolute path"},
		{"{\"stores\": [\"\"]}", 1, "not an absolute path"},
		{"{\n\"stores\": [\"~/\xff\"]}", 2, "not UTF-8"},
		{`{"stores": ["~/\udcff"]}`, 1, "not UTF-8"}, // as Python writes it
		{"{\n\"notify\": true}", 2, "must be an object"},
		{"{\n\"notify\": null}", 2, "must be an object"},
		{"{\n\"notify\": {\n\"stale\": \"no\"}}", 3, `"stale" must be true or false, not "no"`},
		{"{\n\"notify\": {\"stale\": null}}", 2, "true or false, not null"},
		{"{\n\"paused_until\": \"tomorrow\"}", 2, `not "tomorrow"`},
		{"{\n\"paused_until\": 5}", 2, "not 5"},
		{"{\n\"machine\": 5}", 2, "not 5"},
		{"\xff\xfe{\x00", 1, "not JSON"},
	} {
		path := file(t, test.text)
		got, err := config.Load(path)
		if bad, ok := errors.AsType[*config.Error](err); !ok || bad.Line != test.line || !strings.Contains(bad.Problem, test.problem) || bad.Path != path {
			t.Errorf("%q: %v, want line %d and %q", test.text, err, test.line, test.problem)
		}
		if !reflect.DeepEqual(got, config.Default()) {
			t.Errorf("%q: %+v, want the defaults", test.text, got)
		}
		if err := save(path, config.Default()); err == nil {
			t.Errorf("%q was overwritten: %v", test.text, err)
		}
		if content(t, path) != test.text {
			t.Errorf("%q became %q", test.text, content(t, path))
		}
	}
}

// TestUnreadableFile checks that Load and Update return an error for a file that cannot be read.
func TestUnreadableFile(t *testing.T) {
	for name, path := range map[string]string{"a directory": t.TempDir(), "a huge file": file(t, "{}"+strings.Repeat(" ", 1<<20))} {
		if _, err := config.Load(path); err == nil {
			t.Error(name, "was read")
		}
		if err := save(path, config.Default()); err == nil {
			t.Error(name, "was written")
		}
	}
}

func TestSaveAndLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "made", "config.json")
	want := config.Default()
	want.Stores = []string{"~/.iai-mcp", filepath.Join(t.TempDir(), "<a> & b")}
	want.Notify.Stale = false
	want.PausedUntil = time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)
	testfs.Check(t, save(path, want))
	if got, err := config.Load(path); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("loaded %+v, %v, want %+v", got, err, want)
	}
	if text := content(t, path); !strings.Contains(text, "<a> & b") {
		t.Errorf("hard to read: %s", text)
	}
}

// TestSaveKeepsUnknownKeys checks the layout too, since users read the file.
func TestSaveKeepsUnknownKeys(t *testing.T) {
	t.Setenv(machine.Variable, "0123456789abcdef")
	path := file(t, `{"future": {"b": 1, "a": [2.50]},
		"notify": {"colour": "blue", "stale": true, "stale": true}, "paused_until": "2026-11-22T20:00:00+01:00"}`)
	c, err := config.Load(path)
	if want := []string{"future", "notify.colour"}; err != nil || !reflect.DeepEqual(c.Unknown, want) {
		t.Fatalf("unknown keys: %q (%v), want %q", c.Unknown, err, want)
	}
	c.Notify.Stale, c.PausedUntil = false, time.Time{}
	testfs.Check(t, save(path, c))
	want := `{
  "future": {
    "b": 1,
    "a": [
      2.50
    ]
  },
  "notify": {
    "colour": "blue",
    "stale": true,
    "stale": false,
    "takeover": true,
    "crashes": true,
    "contested": true,
    "corrupt": true,
    "resurrected": true,
    "away": true
  },
  "stores": [],
  "machine": "0123456789abcdef"
}
`
	if got := content(t, path); got != want {
		t.Errorf("got %s want %s", got, want)
	}
}

// TestUpdateKeepsLaterEdits checks that Update begins with what the file says now, and does not call change if the file cannot be read.
func TestUpdateKeepsLaterEdits(t *testing.T) {
	path := file(t, `{"stores": ["~/new"]}`)
	c, err := config.Update(path, func(c *config.Config) { c.Notify.Away = false })
	if err != nil || c.Notify.Away || len(c.Stores) != 1 {
		t.Fatalf("Update: %+v, %v", c, err)
	}
	if again, err := config.Load(path); err != nil || !reflect.DeepEqual(again, c) {
		t.Errorf("Load after Update: %+v, %v, want %+v", again, err, c)
	}
	testfs.Check(t, os.WriteFile(path, []byte("{,"), 0o600))
	if _, err := config.Update(path, func(*config.Config) { t.Error("change was called, but the file cannot be read") }); err == nil {
		t.Error("bad content was updated")
	}
}

func TestSaveRefusesWhatLoadWould(t *testing.T) {
	path := file(t, "{}")
	if err := save(path, config.Config{Stores: []string{"relative"}}); err == nil {
		t.Error("a relative store was saved")
	}
	if content(t, path) != "{}" {
		t.Error("the file changed")
	}
	long := `{"future":[0` + strings.Repeat(",0", 200_000) + "]}" // indented it has more than 1 MiB
	path = file(t, long)
	if _, err := config.Load(path); err != nil {
		t.Error(err)
	}
	if err := save(path, config.Default()); err == nil || !strings.Contains(err.Error(), "config.json would be larger than 1024 KiB") {
		t.Error("a file that is too large:", err)
	}
	if content(t, path) != long {
		t.Error("the large file changed")
	}
}

func TestStoresAreFoundBesideAFault(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("USERPROFILE", home)
	path := file(t, `{"notify": {"takeover": 1}, "stores": ["~", "~/a b", `+strconv.Quote(filepath.Join(home, "~x"))+`]}`)
	got, err := config.Stores(path)
	if want := []string{home, filepath.Join(home, "a b"), filepath.Join(home, "~x")}; err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("Stores: %q, %v, want %q", got, err, want)
	}
	var bad *config.Error
	if got, err := config.Stores(file(t, "{\n\"stores\": [\"x\"]}")); got != nil || !errors.As(err, &bad) || bad.Line != 2 {
		t.Errorf("Stores of a relative path: %q, %v", got, err)
	}
	if got, err := config.Stores(filepath.Join(home, "no.json")); got != nil || err != nil {
		t.Errorf("no file: %q, %v", got, err)
	}
}

func TestEveryKindHasItsSwitch(t *testing.T) {
	var n config.Notify
	for _, k := range config.Kinds() {
		on := n.Switch(k)
		if on == nil || *on {
			t.Fatalf("%s has no switch of its own", k)
		}
		*on = true
	}
	if n != config.Default().Notify {
		t.Errorf("%+v: a switch has no kind", n)
	}
	if n.Switch("none") != nil {
		t.Error("an unknown kind has a switch")
	}
}

func TestPathFromTheEnvironment(t *testing.T) {
	want := filepath.Join(t.TempDir(), "my.json")
	t.Setenv(config.FileVariable, want)
	if got, err := config.Path(); got != want || err != nil {
		t.Errorf("Path: %s, %v, want %s", got, err, want)
	}
}
