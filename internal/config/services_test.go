//go:build unix

package config

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// TestSystemdServices checks that only the daemon's units are services, and that one has no store if that is in doubt.
func TestSystemdServices(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.service":               start,
		"b.service":               start + "Environment=IAI_MCP_STORE=%h/b",
		"c.service":               start + "EnvironmentFile=/no/such/file",
		"d.service":               start + "Environment=IAI_MCP_STORE=~/d",
		"iai-mcp@.service":        start,
		"other.service":           "[Service]\nExecStart=/bin/true",
		"g.service":               "[Service]\nExecStart=/bin/true",
		"g.service.d/a.conf":      "[Service]\nExecStart=\nExecStart=iai-mcp daemon\nExecStart=/bin/false",
		"f.service":               start,
		"f.service.d/a.conf":      "[Service]\nExecStart=\nExecStart=/bin/true",
		"e.service.d/store.conf":  "[Service]\nEnvironment=IAI_MCP_STORE=/e",
		"iai-mcp.service.d/x.con": "",
	} {
		put(t, filepath.Join(dir, name), text)
	}
	want := []Service{{Name: "a.service", Store: "/home/u/.iai-mcp"}, {Name: "b.service", Store: "/home/u/b"}, {Name: "c.service"}, {Name: "d.service"}, {Name: "g.service", Store: "/home/u/.iai-mcp"}, {Name: "iai-mcp.service", Store: "/home/u/.iai-mcp"}, {Store: "/home/u/.iai-mcp"}}
	if got := completed(systemdServices(dir, "/home/u"), "/home/u"); !reflect.DeepEqual(got, want) {
		t.Errorf("services: %+v, want %+v", got, want)
	}
}

func TestLaunchdServices(t *testing.T) {
	dir := t.TempDir()
	const daemon = `<key>ProgramArguments</key><array><string>python3</string><string>-m</string><string>iai_mcp.daemon</string></array>`
	label := func(name string) string { return `<key>Label</key><string>` + name + `</string>` }
	put(t, filepath.Join(dir, "a.plist"), agent(daemon+label("com.iai-mcp.daemon")))
	put(t, filepath.Join(dir, "b.plist"), agent(daemon+label("work")+storeVariable))
	put(t, filepath.Join(dir, "c.plist"), agent(daemon+label("tilde")+strings.Replace(storeVariable, "/s t", "~", 1)))
	put(t, filepath.Join(dir, "d.plist"), agent(daemon+label("")))
	put(t, filepath.Join(dir, "iai-mcp.plist"), "no property list")
	put(t, filepath.Join(dir, "z.plist"), agent(label("z")))
	want := []Service{{Name: "com.iai-mcp.daemon", Store: "/home/u/.iai-mcp"}, {Name: "work", Store: "/s t/&"}, {Name: "tilde"}, {Store: "/home/u/.iai-mcp"}, {}} // {}: iai-mcp.plist
	if got := completed(launchdServices(dir), "/home/u"); !reflect.DeepEqual(got, want) {
		t.Errorf("services: %+v, want %+v", got, want)
	}
}
