package desktop

import (
	"strings"
	"testing"
)

func TestPanelAdvice(t *testing.T) {
	const extension, tray = "AppIndicator and KStatusNotifierItem Support", "a panel that shows tray icons, or add a tray"
	for current, want := range map[string]string{
		"GNOME": extension, "ubuntu:GNOME": extension, "GNOME-Classic:GNOME": extension, "gnome": extension,
		"Budgie:GNOME": tray, "GNOME-Flashback:GNOME": tray, "XFCE": tray, "KDE": tray, "Unity:Unity7:ubuntu": tray, "": tray,
	} {
		if got := PanelAdvice(current); !strings.Contains(got, want) {
			t.Errorf("%q: %q does not say %q", current, got, want)
		}
	}
}
