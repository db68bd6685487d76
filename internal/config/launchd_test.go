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

// launchd returns the store of the first agent in dir that names one, and the doubts up to that agent as one error.
func launchd(dir string) ([]StorePath, error) { return joined(firstStore(launchdServices(dir))) }

func TestLaunchd(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"by its module", `<key>ProgramArguments</key><array><string>/usr/bin/python3</string><string>-m</string><string>iai_mcp.daemon</string></array>` + storeVariable, "/s t/&"},
		{"by its command", `<key>ProgramArguments</key><array><string>/opt/bin/iai-mcp</string></array>` + storeVariable, "/s t/&"},
		{"by its program", `<key>Program</key><string>/opt/bin/iai-mcp</string>` + storeVariable, "/s t/&"},
		{"by its label", `<key>Label</key><string>com.example.iai-mcp.daemon</string>` + storeVariable, "/s t/&"},
		{"another program's", `<key>Label</key><string>com.example.other</string>` + storeVariable, ""},
		{"no variable", `<key>Label</key><string>iai-mcp</string>`, ""},
		{"another variable", `<key>Label</key><string>iai-mcp</string><key>EnvironmentVariables</key><dict><key>iai_mcp_store</key><string>/x</string></dict>`, ""},
		{"odd kinds", `<key>Label</key><true/><key>ProgramArguments</key><string>iai-mcp</string><key>EnvironmentVariables</key><array/>`, ""},
		{"an odd store", `<key>Label</key><string>iai-mcp</string><key>EnvironmentVariables</key><dict><key>IAI_MCP_STORE</key><array/></dict>`, ""},
	} {
		dir := t.TempDir()
		put(t, filepath.Join(dir, "a.other.plist"), "bplist00")
		put(t, filepath.Join(dir, "b.plist"), agent(`<key>Label</key><string>iai-mcp.old</string>`))
		put(t, filepath.Join(dir, "c.txt"), agent(`<key>Label</key><string>iai-mcp</string>`+storeVariable))
		path := put(t, filepath.Join(dir, "d.plist"), agent(test.text))
		if got, err := launchd(dir); !reflect.DeepEqual(got, storesAt(path, test.want)) || err != nil {
			t.Errorf("%s: %q, %v, want %q", test.name, got, err, test.want)
		}
	}
	if stores, err := launchd(filepath.Join(t.TempDir(), "none")); stores != nil || err != nil {
		t.Errorf("no directory: %v, %v", stores, err)
	}
}

// storesAt returns the wanted result if the file at path names this store; "" for none.
func storesAt(path, store string) []StorePath {
	if store == "" {
		return nil
	}
	return storesFrom(path, store)
}

// TestDoubtfulAgent checks that an agent of the daemon is reported if it cannot be parsed, or if its store is not an absolute path.
func TestDoubtfulAgent(t *testing.T) {
	for text, want := range map[string]string{
		"bplist00": "binary property list",
		"<plist>":  "plist",
		agent(`<key>Label</key><string>iai-mcp</string><key>EnvironmentVariables</key><dict><key>IAI_MCP_STORE</key><string>~/x</string></dict>`): "not an absolute path",
	} {
		dir := t.TempDir()
		put(t, filepath.Join(dir, "com.iai-mcp.daemon.plist"), text)
		stores, err := launchd(dir)
		if stores != nil || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, %v", text, stores, err)
		}
	}
}
