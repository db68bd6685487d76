package tray

import "testing"

func TestPanelPatience(t *testing.T) {
	if login, terminal := (Config{}).patience(), (Config{AtTerminal: true}).patience(); login != loginPatience || terminal != terminalPatience {
		t.Errorf("%v at login, %v at a terminal", login, terminal)
	}
}
