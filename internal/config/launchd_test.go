//go:build unix

package config

import (
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func agent(body string) string { return `<plist version="1.0"><dict>` + body + `</dict></plist>` }

const storeVariable = `<key>EnvironmentVariables</key><dict><key>PATH</key><string>/bin</string><key>IAI_MCP_STORE</key><string>/s t/&amp;</string></dict>`

func TestAgentStore(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"by its module", agent(`<key>ProgramArguments</key><array><string>/usr/bin/python3</string><string>-m</string><string>iai_mcp.daemon</string></array>` + storeVariable), "/s t/&"},
		{"by its command", agent(`<key>ProgramArguments</key><array><string>/opt/bin/iai-mcp</string></array>` + storeVariable), "/s t/&"},
		{"by its program", agent(`<key>Program</key><string>/opt/bin/iai-mcp</string>` + storeVariable), "/s t/&"},
		{"by its label", agent(`<key>Label</key><string>com.example.iai-mcp.daemon</string>` + storeVariable), "/s t/&"},
		{"another program's", agent(`<key>Label</key><string>com.example.other</string>` + storeVariable), ""},
		{"no variable", agent(`<key>Label</key><string>iai-mcp</string>`), ""},
		{"another variable", agent(`<key>Label</key><string>iai-mcp</string><key>EnvironmentVariables</key><dict><key>iai_mcp_store</key><string>/x</string></dict>`), ""},
		{"odd kinds", agent(`<key>Label</key><true/><key>ProgramArguments</key><string>iai-mcp</string><key>EnvironmentVariables</key><array/>`), ""},
		{"an odd store", agent(`<key>Label</key><string>iai-mcp</string><key>EnvironmentVariables</key><dict><key>IAI_MCP_STORE</key><array/></dict>`), ""},
	} {
		if got, err := agentStore([]byte(test.text)); err != nil || got != test.want {
			t.Errorf("%s: %q, %v, want %q", test.name, got, err, test.want)
		}
	}
}

func TestLaunchd(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, "a.other.plist"), "bplist00")
	put(t, filepath.Join(dir, "b.plist"), agent(`<key>Label</key><string>iai-mcp.old</string>`))
	put(t, filepath.Join(dir, "c.txt"), agent(`<key>Label</key><string>iai-mcp</string>`+storeVariable))
	if stores, err := launchd(dir); stores != nil || err != nil {
		t.Errorf("%v, %v", stores, err)
	}
	path := put(t, filepath.Join(dir, "d.plist"), agent(`<key>Label</key><string>iai-mcp</string>`+storeVariable))
	if stores, err := launchd(dir); !reflect.DeepEqual(stores, []StorePath{{"/s t/&", path}}) || err != nil {
		t.Errorf("%v, %v", stores, err)
	}
	if stores, err := launchd(filepath.Join(dir, "none")); stores != nil || err != nil {
		t.Errorf("no directory: %v, %v", stores, err)
	}
}

// TestLaunchdTellsWhatItCannotRead, where the file is the daemon's.
func TestLaunchdTellsWhatItCannotRead(t *testing.T) {
	for text, says := range map[string]string{
		"bplist00": "binary property list",
		"<plist>":  "plist",
		agent(`<key>Label</key><string>iai-mcp</string><key>EnvironmentVariables</key><dict><key>IAI_MCP_STORE</key><string>~/x</string></dict>`): "no absolute path",
	} {
		dir := t.TempDir()
		put(t, filepath.Join(dir, "com.iai-mcp.daemon.plist"), text)
		stores, err := launchd(dir)
		if stores != nil || err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, %v", text, stores, err)
		}
	}
}
