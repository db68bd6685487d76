package tray

import "testing"

func TestPanelNews(t *testing.T) {
	for _, test := range []struct {
		name        string
		there, late bool
		want        panelNews
	}{
		{"there from the start", true, false, panelThere},
		{"may still come", false, false, noNews},
		{"did not come", false, true, panelMissing},
		{"there at last", true, true, panelThere},
	} {
		if got := newsOf(test.there, test.late); got != test.want {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestPanelPatience(t *testing.T) {
	if login, terminal := (Config{}).patience(), (Config{AtTerminal: true}).patience(); login != loginPatience || terminal != terminalPatience {
		t.Errorf("%v at login, %v at a terminal", login, terminal)
	}
}
