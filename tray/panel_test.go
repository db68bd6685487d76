package tray

import "testing"

func TestPanelNews(t *testing.T) {
	type step struct {
		there, late bool
		want        panelNews
	}
	for _, test := range []struct {
		name  string
		steps []step
	}{
		{"there from the start", []step{{true, false, panelThere}, {true, true, noNews}}},
		{"comes in time", []step{{false, false, noNews}, {true, false, panelThere}, {true, true, noNews}}},
		{"comes later", []step{{false, false, noNews}, {false, true, panelMissing}, {true, true, panelThere}}},
		{"told once", []step{{false, true, panelMissing}, {false, true, noNews}}},
		{"restarts", []step{{true, false, panelThere}, {false, false, noNews}, {false, true, noNews}, {true, true, noNews}}},
		{"comes, goes and comes", []step{{false, true, panelMissing}, {true, true, panelThere}, {false, true, noNews}, {true, true, noNews}}},
	} {
		var p panels
		for i, s := range test.steps {
			var got panelNews
			if p, got = p.look(s.there, s.late); got != s.want {
				t.Errorf("%s, step %d: %v, want %v", test.name, i, got, s.want)
			}
		}
	}
}

func TestPanelPatience(t *testing.T) {
	if login, terminal := (Config{}).patience(), (Config{AtTerminal: true}).patience(); login != loginPatience || terminal != terminalPatience {
		t.Errorf("%v at login, %v at a terminal", login, terminal)
	}
}
