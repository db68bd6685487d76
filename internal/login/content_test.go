package login

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"lockbar/internal/desktop"
	"lockbar/internal/testfs"
	"lockbar/internal/words"
)

// odd lists paths that reading an entry must return as they were written.
var odd = []string{
	"/usr/bin/lockbar",
	"/Applications/Lockbar.app/Contents/MacOS/lockbar",
	"/home/a b/lockbar",
	`/home/"quoted"/it's`,
	`/home/back\slash/$HOME/` + "`id`",
	"/home/100%/%f/lockbar",
	"/home/<a>&b;c|d*?#(e)~/lockbar",
	`/home/é/\s\n/lockbar`,
}

func TestLaunchAgent(t *testing.T) {
	for _, program := range odd {
		data := launchAgent(program)
		d, err := desktop.ParsePlist(data)
		if err != nil {
			t.Fatalf("the agent is not a property list: %v in %s", err, data)
		}
		want := map[string]any{
			"Label": desktop.LaunchAgentLabel, "ProgramArguments": []any{program, "tray"}, "RunAtLoad": true,
			"ProcessType": "Interactive", "LimitLoadToSessionType": "Aqua",
			"AssociatedBundleIdentifiers": []any{desktop.BundleID},
		}
		if !reflect.DeepEqual(d, want) {
			t.Errorf("the agent is %v, want %v", d, want)
		}
		if got, enabled := readLaunchAgent(data); got != program || !enabled {
			t.Errorf("read back: %q, %v, want %q", got, enabled, program)
		}
	}
}

// TestExecKey compares with strings that the Desktop Entry Specification requires.
func TestExecKey(t *testing.T) {
	for program, want := range map[string]string{
		"/usr/bin/lockbar":     `/usr/bin/lockbar tray`,
		"/a b/lockbar":         `"/a b/lockbar" tray`,
		"/100%/lockbar":        `/100%%/lockbar tray`,
		`/$x/lockbar`:          `"/\\$x/lockbar" tray`,
		"/`x`/lockbar":         "\"/\\\\`x\\\\`/lockbar\" tray",
		`/q"/lockbar`:          `"/q\\"/lockbar" tray`,
		`/back\slash/lockbar`:  `"/back\\\\slash/lockbar" tray`,
		"/apostrophe's/lockba": `"/apostrophe's/lockba" tray`,
	} {
		if got, err := execKey(program); err != nil || got != want {
			t.Errorf("%s: %s, %v, want %s", program, got, err, want)
		}
	}
	if got, err := execKey("/a=b/lockbar"); err == nil {
		t.Errorf("a path with = became %s", got)
	}
}

func TestAutostartIsReadBack(t *testing.T) {
	for _, program := range odd {
		data, err := autostart(program)
		testfs.Check(t, err)
		if got, enabled := readAutostart(data); got != program || !enabled {
			t.Errorf("read back: %q, %v, want %q in %s", got, enabled, program, data)
		}
	}
}

func TestReadEntry(t *testing.T) {
	dict := func(s string) string { return `<plist version="1.0"><dict>` + s + `</dict></plist>` }
	for _, test := range []struct {
		read                func([]byte) (program string, enabled bool)
		name, text, program string
		enabled             bool
	}{
		{readLaunchAgent, "Program wins", dict(`<key>RunAtLoad</key><true/><key>Program</key><string>/p</string><key>ProgramArguments</key><array><string>q</string></array>`), "/p", true},
		{readLaunchAgent, "disabled", dict(`<key>RunAtLoad</key><true/><key>Disabled</key><true/>`), "", false},
		{readLaunchAgent, "not at load", dict(`<key>Program</key><string>/p</string>`), "/p", false},
		{readLaunchAgent, "odd kinds", dict(`<key>RunAtLoad</key><true/><key>ProgramArguments</key><true/><key>Program</key><array/>`), "", true},
		{readLaunchAgent, "unreadable", "bplist00", "", true},
		{readAutostart, "hidden", "[Desktop Entry]\nExec=/p tray\nHidden=true\n", "/p", false},
		{readAutostart, "off in GNOME", "[Desktop Entry]\nExec=/p\nX-GNOME-Autostart-enabled=false\n", "/p", false},
		{readAutostart, "other groups", "[Other]\nHidden=true\n[Desktop Entry]\n# Hidden=true\nExec = lockbar tray\r\n[Desktop Action x]\nExec=/q\n", "lockbar", true},
		{readAutostart, "no Exec", "[Desktop Entry]\n", "", true},
		{readAutostart, "empty", "", "", true},
		{readAutostart, "an open quote", "[Desktop Entry]\nExec=\"/a b\\\\", "/a b", true},
	} {
		if program, enabled := test.read([]byte(test.text)); program != test.program || enabled != test.enabled {
			t.Errorf("%s: %q, %v", test.name, program, enabled)
		}
	}
}

func TestRunCommand(t *testing.T) {
	const program = `C:\Program Files\Lockbar\lockbar.exe`
	if got, want := runCommand(program), `"C:\Program Files\Lockbar\lockbar.exe" tray`; got != want {
		t.Errorf("runCommand: %s, want %s", got, want)
	}
	for line, want := range map[string]string{
		runCommand(program): program,
		`C:\lockbar.exe`:    `C:\lockbar.exe`,
		` C:\l.exe tray `:   `C:\l.exe`,
		`"C:\open`:          `C:\open`,
		``:                  ``,
	} {
		if got := readRunCommand(line); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

func TestWithoutConsole(t *testing.T) {
	dir := t.TempDir()
	shell, desktop := filepath.Join(dir, "lockbar.com"), filepath.Join(dir, "lockbar.exe")
	if got := withoutConsole(shell); got != shell {
		t.Errorf("without a twin: %s", got)
	}
	testfs.Check(t, os.WriteFile(desktop, nil, 0o600))
	for _, program := range []string{shell, desktop} {
		if got := withoutConsole(program); got != desktop {
			t.Errorf("%s: %s, want %s", program, got, desktop)
		}
	}
}

func TestApproved(t *testing.T) {
	for _, test := range []struct {
		data []byte
		want bool
	}{{nil, true}, {[]byte{2, 0, 0}, true}, {[]byte{6}, true}, {[]byte{3, 0, 0, 0, 1}, false}, {[]byte{7}, false}} {
		if got := approved(test.data); got != test.want {
			t.Errorf("approved(% x) is %v", test.data, got)
		}
	}
}

// TestRefusal checks which places are refused, and that the reason for each is short enough for a menu.
func TestRefusal(t *testing.T) {
	here := places{
		temporary:  []string{filepath.FromSlash("/var/folders"), filepath.FromSlash("/private/tmp")}, // directories of macOS
		home:       filepath.FromSlash("/home/ann"),
		buildCache: filepath.FromSlash("/home/ann/.cache/go-build"),
	}
	for program, want := range map[string]string{
		"/private/var/folders/x/T/AppTranslocation/1-2/d/Lockbar.app/Contents/MacOS/lockbar": "Applications",
		"/Volumes/Lockbar/Lockbar.app/Contents/MacOS/lockbar":                                "Applications",
		"/a\nb":   "control characters",
		"/a\xffb": "not UTF-8",
		filepath.FromSlash("/tmp/go-build123/b001/exe/lockbar"):              "install Lockbar first",
		filepath.FromSlash("/home/ann/.cache/go-build/ab/abcdef-d/lockbar"):  "go run",
		filepath.FromSlash("/var/folders/x/T/Temp1_lockbar.zip/lockbar.exe"): "temporary",
		filepath.FromSlash("/private/tmp/lockbar"):                           "temporary",
	} {
		err := checkPlace(program, here)
		if place, ok := errors.AsType[*PlaceError](err); !ok || place.Program != program || !strings.Contains(err.Error(), want) || strings.HasSuffix(words.Cause(err), "…") {
			t.Errorf("%q: %v", program, err)
		}
	}
	for _, program := range append(odd, filepath.FromSlash("/var/foldersx/lockbar"), filepath.FromSlash("/home/ann/go-build/lockbar")) {
		if err := checkPlace(program, here); err != nil {
			t.Errorf("%q: %v", program, err)
		}
	}
	if err := checkPlace("/lockbar", places{}); err != nil {
		t.Error(err)
	}
}

// TestTemporaryHome checks that a home directory inside a temporary one is not temporary. A home directory that
// equals or contains the temporary one changes nothing.
func TestTemporaryHome(t *testing.T) {
	for _, test := range []struct {
		home, program string
		refused       bool
	}{
		{"/tmp/x/home", "/tmp/x/home/bin/lockbar", false},
		{"/tmp/x/home", "/tmp/x/lockbar", true},
		{"/tmp/x/home", "/tmp/x/home/T/lockbar", true}, // TMPDIR is in the home directory
		{"/tmp", "/tmp/bin/lockbar", true},
		{"/", "/tmp/bin/lockbar", true},
		{"", "/tmp/bin/lockbar", true},
	} {
		here := places{temporary: []string{filepath.FromSlash("/tmp"), filepath.FromSlash("/tmp/x/home/T")}, home: filepath.FromSlash(test.home)}
		if err := checkPlace(filepath.FromSlash(test.program), here); (err != nil) != test.refused {
			t.Errorf("%s with the home %q: %v", test.program, test.home, err)
		}
	}
}

// TestTemporaryDirsOfTheSystem checks that the system's own directories count as temporary, whatever TMPDIR says.
func TestTemporaryDirsOfTheSystem(t *testing.T) {
	elsewhere := t.TempDir()
	t.Setenv("TMPDIR", elsewhere)
	t.Setenv("TMP", elsewhere)
	dirs := []string{"/tmp", "/var/tmp"}
	switch runtime.GOOS {
	case "darwin":
		dirs = append(dirs, "/private/tmp", "/private/var/tmp", "/private/var/folders/ab/cdef/T")
	case "windows":
		dirs = []string{filepath.Join(os.Getenv("LocalAppData"), "Temp"), filepath.Join(os.Getenv("SystemRoot"), "Temp")}
	}
	for _, dir := range dirs {
		program := filepath.Join(resolved(dir), "lockbar")
		if place, _ := errors.AsType[*PlaceError](checkPlace(program, placesHere())); place == nil || place.Problem != inTemporaryDir {
			t.Errorf("%s: %v", program, place)
		}
	}
}

// TestBuildCacheOfGo checks the cache named by GOCACHE, and the default one.
func TestBuildCacheOfGo(t *testing.T) {
	named := filepath.Join(t.TempDir(), "named")
	t.Setenv("GOCACHE", named)
	if got := placesHere().buildCache; got != named {
		t.Errorf("the build cache is %s, want %s", got, named)
	}
	t.Setenv("GOCACHE", "")
	if got := placesHere().buildCache; filepath.Base(got) != "go-build" {
		t.Errorf("the default build cache is %s", got)
	}
}
