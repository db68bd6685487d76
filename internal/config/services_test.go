//go:build unix

package config

import (
	"path/filepath"
	"reflect"
	"testing"
)

// TestSystemdServices: a store counts only if nothing else may name another one.
func TestSystemdServices(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.service":               start,
		"b.service":               start + "Environment=IAI_MCP_STORE=%h/b",
		"c.service":               start + "EnvironmentFile=/no/such/file",
		"d.service":               start + "Environment=IAI_MCP_STORE=~/d",
		"iai-mcp@.service":        start,
		"other.service":           "[Service]\nExecStart=/bin/true",
		"e.service.d/store.conf":  "[Service]\nEnvironment=IAI_MCP_STORE=/e",
		"iai-mcp.service.d/x.con": "",
	} {
		put(t, filepath.Join(dir, name), text)
	}
	want := []Service{{"a.service", "/home/u/.iai-mcp", 0, ""}, {"b.service", "/home/u/b", 0, ""}, {"c.service", "", 0, ""}, {"d.service", "", 0, ""}, {"iai-mcp.service", "/home/u/.iai-mcp", 0, ""}, {"", "/home/u/.iai-mcp", 0, ""}}
	if got := systemdServices(dir, "/home/u"); !reflect.DeepEqual(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestLaunchdServices(t *testing.T) {
	dir := t.TempDir()
	agent := func(label, more string) string {
		return `<plist><dict><key>Label</key><string>` + label + `</string>
<key>ProgramArguments</key><array><string>python3</string><string>-m</string><string>iai_mcp.daemon</string></array>` + more + `</dict></plist>`
	}
	store := func(path string) string {
		return `<key>EnvironmentVariables</key><dict><key>IAI_MCP_STORE</key><string>` + path + `</string></dict>`
	}
	put(t, filepath.Join(dir, "a.plist"), agent("com.iai-mcp.daemon", ""))
	put(t, filepath.Join(dir, "b.plist"), agent("work", store("/b")))
	put(t, filepath.Join(dir, "c.plist"), agent("tilde", store("~/c")))
	put(t, filepath.Join(dir, "d.plist"), agent("", ""))
	put(t, filepath.Join(dir, "iai-mcp.plist"), "no property list")
	put(t, filepath.Join(dir, "z.plist"), `<plist><dict><key>Label</key><string>z</string></dict></plist>`)
	want := []Service{{"com.iai-mcp.daemon", "/home/u/.iai-mcp", 0, ""}, {"work", "/b", 0, ""}, {"tilde", "", 0, ""}, {"", "/home/u/.iai-mcp", 0, ""}}
	if got := launchdServices(dir, "/home/u"); !reflect.DeepEqual(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
