//go:build unix

package config

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"lockbar/internal/testfs"
)

const start = "[Service]\nExecStart=/usr/bin/python3 -m iai_mcp.daemon\n"

// systemd returns the result of FindStores for the units in dir.
func systemd(dir, home string) ([]StorePath, error) {
	return joined(firstStore(systemdServices(dir, home)))
}

func TestSystemd(t *testing.T) {
	for _, test := range []struct{ name, unit, want string }{
		{"plain", start + "Environment=IAI_MCP_STORE=/s", "/s"},
		{"quoted", start + `Environment="IAI_MCP_STORE=/a b" X=1`, "/a b"},
		{"quoted value", start + `Environment=X=1 IAI_MCP_STORE='/a "b"'`, `/a "b"`},
		{"escapes", start + `Environment="IAI_MCP_STORE=/a\x20b\tc\\d\u00e9\101"`, "/a b\tc\\déA"},
		{"specifiers", start + "Environment=IAI_MCP_STORE=%h/%N/100%%/%n", "/home/u/daemon/100%/daemon.service"},
		{"the last counts", start + "Environment=IAI_MCP_STORE=/a\nEnvironment=IAI_MCP_STORE=/b IAI_MCP_STORE=/c", "/c"},
		{"an empty line resets", start + "Environment=IAI_MCP_STORE=/a\nEnvironment=", ""},
		{"continued", start + "Environment=X=1 \\\n# a comment \\\n  IAI_MCP_STORE=/s \\\n Y=2\n", "/s"},
		{"comments", start + "#Environment=IAI_MCP_STORE=/a\n ; Environment=IAI_MCP_STORE=/b\n", ""},
		{"blanks and CRLF", "[Service]\r\nExecStart = iai-mcp daemon\r\n Environment = IAI_MCP_STORE=/s \r\n", "/s"},
		{"before ExecStart", "[Service]\nEnvironment=IAI_MCP_STORE=/s\nExecStart=iai-mcp daemon\n", "/s"},
		{"another section", start + "[Unit]\nEnvironment=IAI_MCP_STORE=/s", ""},
		{"another program", "[Service]\nExecStart=/bin/true\nEnvironment=IAI_MCP_STORE=/s", ""},
		{"another variable", start + "Environment=XIAI_MCP_STORE=/s", ""},
		{"odd escapes", start + `Environment="IAI_MCP_STORE=/\sa\"\'"`, `/ a"'`},
		{"another variable's mistake", start + "Environment=IAI_MCP_STORE=/a\nEnvironment=\"X=1", "/a"},
		{"a mistake is put right", start + "Environment=\"IAI_MCP_STORE=/a b\nEnvironment=IAI_MCP_STORE=/s", "/s"},
		{"a mistake is cleared", start + "Environment=\"IAI_MCP_STORE=/a b\nEnvironment=", ""},
		{"empty", "", ""},
		{"rubbish", "\x00\xff[Service\n=\n[Service]\n=\nEnvironment\n\\", ""},
	} {
		dir := t.TempDir()
		path := put(t, filepath.Join(dir, "daemon.service"), test.unit)
		if got, err := systemd(dir, "/home/u"); !reflect.DeepEqual(got, storesAt(path, test.want)) || err != nil {
			t.Errorf("%s: %q, %v, want %q", test.name, got, err, test.want)
		}
	}
}

// TestSystemdMistakes checks that only the words before a mistake count in its line, as in systemd, and that the mistake leaves a doubt.
func TestSystemdMistakes(t *testing.T) {
	for line, want := range map[string]string{
		`"IAI_MCP_STORE=/b c`:                "/a",
		`IAI_MCP_STORE=/b 'X=1`:              "/b",
		`X=1 "Y=2 IAI_MCP_STORE=/b`:          "/a",
		`IAI_MCP_STORE=/b\q`:                 "/a",
		`IAI_MCP_STORE=/b\000`:               "/a",
		`IAI_MCP_STORE=/b\777`:               "/a",
		`IAI_MCP_STORE=/b\x4`:                "/a",
		`X=\U00110000 IAI_MCP_STORE=/b`:      "/a",
		`IAI_MCP_STORE=/b X=\q IAI_MCP_STOR`: "/b",
	} {
		dir := t.TempDir()
		path := put(t, filepath.Join(dir, "daemon.service"), start+"Environment=IAI_MCP_STORE=/a\nEnvironment="+line)
		got, err := systemd(dir, "")
		if !reflect.DeepEqual(got, storesAt(path, want)) || err == nil || !strings.Contains(err.Error(), "systemd ignores the end") {
			t.Errorf("%s: %q, %v, want %q", line, got, err, want)
		}
	}
}

func TestDropIns(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "mem.service"), start+"Environment=IAI_MCP_STORE=/unit")
	put(t, filepath.Join(dir, "mem.service.d", "10.conf"), "[Service]\nEnvironment=IAI_MCP_STORE=/ten")
	last := put(t, filepath.Join(dir, "mem.service.d", "20.conf"), "[Service]\nEnvironment=IAI_MCP_STORE=/twenty")
	put(t, filepath.Join(dir, "mem.service.d", "30.conf"), "[Service]\nEnvironment=OTHER=x")
	put(t, filepath.Join(dir, "mem.service.d", "40.txt"), "[Service]\nEnvironment=IAI_MCP_STORE=/forty")
	if got, err := systemd(dir, ""); !reflect.DeepEqual(got, []StorePath{{"/twenty", last}}) || err != nil {
		t.Errorf("FindStores: %v, %v", got, err)
	}
}

// TestUnreadableDropIn checks that a drop-in that cannot be read leaves a doubt, since it may name another store.
func TestUnreadableDropIn(t *testing.T) {
	dir := t.TempDir()
	path := put(t, filepath.Join(dir, "mem.service"), start+"Environment=IAI_MCP_STORE=/a")
	put(t, filepath.Join(dir, "mem.service.d", "x.conf", "x"), "") // a directory
	put(t, filepath.Join(dir, "other.service"), "[Service]\nExecStart=/bin/true")
	put(t, filepath.Join(dir, "other.service.d", "y.conf", "y"), "")
	testfs.Check(t, os.Symlink(os.DevNull, filepath.Join(dir, "mem.service.d", "off.conf"))) // how systemd switches a drop-in off
	got, err := systemd(dir, "")
	if !reflect.DeepEqual(got, []StorePath{{"/a", path}}) || err == nil || !strings.Contains(err.Error(), "x.conf") {
		t.Errorf("FindStores: %v, %v", got, err)
	}
	if list := systemdServices(dir, ""); len(list) != 1 || len(list[0].doubts) != 1 {
		t.Errorf("services: %+v", list)
	}
}

// TestBracketsInThePath checks that a directory whose name would be a pattern is read too.
func TestBracketsInThePath(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "[a]*")
	put(t, filepath.Join(dir, "mem[1].service"), start)
	path := put(t, filepath.Join(dir, "mem[1].service.d", "x.conf"), "[Service]\nEnvironment=IAI_MCP_STORE=/s")
	if got, err := systemd(dir, ""); !reflect.DeepEqual(got, []StorePath{{"/s", path}}) || err != nil {
		t.Errorf("FindStores: %v, %v", got, err)
	}
}

// TestDropInOfAUnitElsewhere checks a drop-in without its unit, such as `systemctl --user edit` makes.
func TestDropInOfAUnitElsewhere(t *testing.T) {
	dir := t.TempDir()
	path := put(t, filepath.Join(dir, "iai-mcp.service.d", "override.conf"), "[Service]\nEnvironment=IAI_MCP_STORE=/s")
	if got, err := systemd(dir, ""); !reflect.DeepEqual(got, []StorePath{{"/s", path}}) || err != nil {
		t.Errorf("FindStores: %v, %v", got, err)
	}
}

func TestUnusableStore(t *testing.T) {
	for text, want := range map[string]string{
		"Environment=IAI_MCP_STORE=~/x":       "not an absolute path",
		"Environment=IAI_MCP_STORE=x":         "not an absolute path",
		"EnvironmentFile=%h/.config/iai.conf": "EnvironmentFile",
	} {
		dir := t.TempDir()
		put(t, filepath.Join(dir, "daemon.service"), start+text)
		if got, err := systemd(dir, "/home/u"); got != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
	dir := t.TempDir()
	put(t, filepath.Join(dir, "iai-mcp.service", "x"), "") // a directory
	if got, err := systemd(dir, ""); got != nil || err == nil {
		t.Errorf("a directory: %v, %v", got, err)
	}
}

// TestEnvironmentFileOverrides checks that an EnvironmentFile= leaves a doubt, since it overrides the unit's own variables.
func TestEnvironmentFileOverrides(t *testing.T) {
	home := t.TempDir()
	put(t, filepath.Join(home, "keys"), "API_KEY=x\n")
	put(t, filepath.Join(home, "store"), "API_KEY=x\nIAI_MCP_STORE=/other\n")
	for lines, doubt := range map[string]bool{
		"EnvironmentFile=%h/store\nEnvironment=IAI_MCP_STORE=/s":                   true,
		"Environment=IAI_MCP_STORE=/s\nEnvironmentFile=-%h/store":                  true,
		"Environment=IAI_MCP_STORE=/s\nEnvironmentFile=%h/store\nEnvironmentFile=": false,
		"Environment=IAI_MCP_STORE=/s\nEnvironmentFile=%h/keys":                    false,
		"Environment=IAI_MCP_STORE=/s\nEnvironmentFile=%h/no":                      true,
		"Environment=IAI_MCP_STORE=/s\nEnvironmentFile=-%h/no":                     false,
		"Environment=IAI_MCP_STORE=/s":                                             false,
	} {
		dir := t.TempDir()
		path := put(t, filepath.Join(dir, "daemon.service"), start+lines)
		got, err := systemd(dir, home)
		if !reflect.DeepEqual(got, []StorePath{{"/s", path}}) {
			t.Errorf("%q: %v", lines, got)
		}
		if doubted := err != nil && strings.Contains(err.Error(), "another store"); doubted != doubt {
			t.Errorf("%q: %v, want a doubt: %v", lines, err, doubt)
		}
	}
}

func FuzzSplit(f *testing.F) {
	f.Add(`"IAI_MCP_STORE=/a b" 'c' \x20 \u00e9 \U0001f600 \101 \`)
	f.Fuzz(func(t *testing.T, s string) {
		words, _ := splitWords(s)
		for _, word := range words {
			if strings.Contains(word, "\x00") && !strings.Contains(s, "\x00") {
				t.Errorf("%q gives a NUL", s)
			}
		}
	})
}
