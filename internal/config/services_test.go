//go:build unix

package config

import (
	"path/filepath"
	"reflect"
	"testing"
)

// TestSystemdServices checks that a store counts only if no other file may name another one.
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
	want := []Service{{Name: "a.service", Store: "/home/u/.iai-mcp"}, {Name: "b.service", Store: "/home/u/b"}, {Name: "c.service"}, {Name: "d.service"}, {Name: "iai-mcp.service", Store: "/home/u/.iai-mcp"}, {Store: "/home/u/.iai-mcp"}}
	if got := completed(systemdServices(dir, "/home/u"), "/home/u"); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
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
	want := []Service{{Name: "com.iai-mcp.daemon", Store: "/home/u/.iai-mcp"}, {Name: "work", Store: "/b"}, {Name: "tilde"}, {Store: "/home/u/.iai-mcp"}, {}} // {}: iai-mcp.plist
	if got := completed(launchdServices(dir), "/home/u"); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}
