package login

import (
	"fmt"
	"strings"

	"lockbar/internal/desktop"
)

// autostart returns an entry by the XDG autostart specification. It returns an error for a path that no Exec key can hold. A library for
// INI files would not help with that key, and the rest is easy.
func autostart(program string) ([]byte, error) {
	command, err := execKey(program)
	if err != nil {
		return nil, err
	}
	return []byte(`[Desktop Entry]
Type=Application
Version=1.1
Name=` + desktop.Name + `
Comment=See who holds your iai-mcp store
Exec=` + command + `
Icon=` + desktop.AppID + `
Terminal=false
StartupNotify=false
X-GNOME-Autostart-enabled=true
`), nil
}

// execKey quotes the command twice, as the Desktop Entry Specification requires: first the program, by the shell-like rules of Exec, where
// % begins a field code; then the whole, as a value of type string, where the backslash is special again.
func execKey(program string) (string, error) {
	if strings.Contains(program, "=") {
		return "", fmt.Errorf("%s has a = in its path, so no desktop entry can start it", program)
	}
	return strings.ReplaceAll(quoteExec(program), `\`, `\\`) + " " + argument, nil
}

// execReserved lists the characters that need quotes, execEscaped those that need a backslash within quotes.
const (
	execReserved = " \t\n\"'\\><~|&;$*?#()`"
	execEscaped  = "\"`$\\"
)

func quoteExec(arg string) string {
	arg = strings.ReplaceAll(arg, "%", "%%")
	if !strings.ContainsAny(arg, execReserved) {
		return arg
	}
	var b strings.Builder
	for _, r := range arg {
		if strings.ContainsRune(execEscaped, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return `"` + b.String() + `"`
}

// readAutostart returns the program of an entry, and whether a desktop would start it: users and tools of desktops turn entries off in
// the file.
func readAutostart(data []byte) (program string, enabled bool) {
	keys := desktopEntry(string(data))
	enabled = keys["Hidden"] != "true" && keys["X-GNOME-Autostart-enabled"] != "false"
	return firstArgument(unescape(keys["Exec"])), enabled
}

// desktopEntry returns the keys of the group [Desktop Entry], not yet unescaped.
func desktopEntry(text string) map[string]string {
	keys := map[string]string{}
	inside := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			inside = line == "[Desktop Entry]"
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if inside && ok && !strings.HasPrefix(line, "#") {
			keys[strings.TrimSpace(key)] = strings.TrimSpace(value)
		}
	}
	return keys
}

// unescape replaces the escapes in a value of type string.
func unescape(s string) string {
	return strings.NewReplacer(`\\`, `\`, `\s`, " ", `\n`, "\n", `\t`, "\t", `\r`, "\r").Replace(s)
}

// firstArgument returns the program of an Exec key, quoted or not.
func firstArgument(command string) string {
	var b strings.Builder
	quoted, escaped := false, false
	for _, r := range strings.TrimLeft(command, " ") {
		switch {
		case escaped:
			b.WriteRune(r)
			escaped = false
		case r == '\\' && quoted:
			escaped = true
		case r == '"':
			quoted = !quoted
		case r == ' ' && !quoted:
			return strings.ReplaceAll(b.String(), "%%", "%")
		default:
			b.WriteRune(r)
		}
	}
	return strings.ReplaceAll(b.String(), "%%", "%")
}
