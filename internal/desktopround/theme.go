//go:build linux

package main

// theme is one look of the whole desktop.
type theme struct {
	gtk    string
	lxqt   string
	colour string // of the plain background
	dunst  string // background and text, as dunstrc has them
}

var themes = map[string]theme{
	"light": {gtk: "Adwaita", lxqt: "light", colour: "#3a5a78", dunst: "background = \"#fafafa\"\nforeground = \"#202020\""},
	"dark":  {gtk: "Adwaita:dark", lxqt: "dark", colour: "#1c2731", dunst: "background = \"#2b2b2b\"\nforeground = \"#f0f0f0\""},
}

// paint gives the screen one colour: screenshots should show nothing else.
func (d *desktop) paint() error {
	_, err := d.run(setroot, "-solid", themes[d.options.theme].colour)
	return err
}
