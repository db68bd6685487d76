package config

import (
	"path/filepath"
	"testing"
)

func TestPlace(t *testing.T) {
	abs, err := filepath.Abs("xdg")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		goos, home string
		env        map[string]string
		want       string
	}{
		{"darwin", "H", map[string]string{"XDG_CONFIG_HOME": abs}, filepath.Join("H", "Library", "Application Support", "Lockbar", "config.json")},
		{"darwin", "", map[string]string{"XDG_CONFIG_HOME": abs}, ""},
		{"windows", "H", map[string]string{"AppData": "A"}, filepath.Join("A", "Lockbar", "config.json")},
		{"windows", "H", nil, ""},
		{"linux", "H", nil, filepath.Join("H", ".config", "lockbar", "config.json")},
		{"linux", "H", map[string]string{"XDG_CONFIG_HOME": "relative"}, filepath.Join("H", ".config", "lockbar", "config.json")},
		{"linux", "", map[string]string{"XDG_CONFIG_HOME": abs}, filepath.Join(abs, "lockbar", "config.json")},
		{"linux", "", nil, ""},
	} {
		if got := place(test.goos, func(k string) string { return test.env[k] }, test.home); got != test.want {
			t.Errorf("%+v: %q", test, got)
		}
	}
}

func TestTildeWithoutAHome(t *testing.T) {
	if _, err := expand([]string{"~/x"}, ""); err == nil {
		t.Error("~ without a home was expanded")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"stores":["~/a"],"notify":{"away":false},"paused_until":null,"x":[{}]}`))
	f.Add([]byte("\xef\xbb\xbf{}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := parse(data)
		if err != nil {
			return
		}
		merged, err := merge(data, c)
		if err != nil {
			t.Fatalf("%q was read and cannot be written: %v", data, err)
		}
		again, err := parse(merged)
		if err != nil || again.Notify != c.Notify || len(again.Stores) != len(c.Stores) || len(again.Unknown) != len(c.Unknown) {
			t.Errorf("%q: %+v became %+v (%v)", data, c, again, err)
		}
	})
}
