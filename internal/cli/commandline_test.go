package cli

import (
	"runtime"
	"strings"
	"testing"

	"lockbar/internal/config"
	"lockbar/lockcore"
)

func TestCommandLine(t *testing.T) {
	one := settings{origins: map[string]string{"/a b": config.FromFlag, "/c": config.FromDefault}, stores: []*lockcore.Store{nil}}
	for _, test := range []struct {
		s           settings
		store, want string
	}{
		{one, "/c", "lockbar unlock"},
		{one, "/a b", "lockbar unlock --store '/a b'"},
		{settings{origins: one.origins, stores: []*lockcore.Store{nil, nil}}, "/c", "lockbar unlock --store /c"},
		{settings{origins: one.origins, doubts: []string{"x"}}, "/c", "lockbar unlock --store /c"},
		{settings{origins: one.origins, given: []string{"--state-dir", "/s's"}}, "/c", `lockbar unlock --state-dir '/s'\''s'`},
	} {
		want := test.want
		if runtime.GOOS == "windows" {
			want = strings.NewReplacer(`'\''`, `'`, `'`, `"`).Replace(want)
		}
		if got := test.s.commandLine(test.store, "unlock"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	for arg, want := range map[string]string{`C:\a`: `C:\a`, `C:\a b`: `"C:\a b"`, "": `""`, `C:\`: `C:\`,
		`\\localhost\my share\`: `"\\localhost\my share\\"`, `C:\a b\\`: `"C:\a b\\\\"`, `C:\a,b`: `"C:\a,b"`, `C:\a;b`: `"C:\a;b"`} {
		if got := quoted(arg, "windows"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	for arg, want := range map[string]string{"~x": "'~x'", `a\b`: `'a\b'`, "a\x1b": `"a\x1b"`, "$x": "'$x'"} {
		if got := quoted(arg, "linux"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestWithoutAHome checks that the errors for a user without a home directory name the flag to give.
func TestWithoutAHome(t *testing.T) {
	if err := (settings{}).usable(); err == nil || !strings.Contains(err.Error(), "give --store") {
		t.Error(err)
	}
	if err := withNextStep(lockcore.ErrNoStateDir); !strings.Contains(err.Error(), "give --state-dir") {
		t.Error(err)
	}
}
