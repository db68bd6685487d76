package tray

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"lockbar/icons"
	"lockbar/internal/config"
	"lockbar/internal/login"
	"lockbar/internal/service"
	"lockbar/internal/words"
	"lockbar/notify"
)

// choices holds the user's settings, as the menu shows them.
type choices struct {
	Notify      config.Notify
	PausedUntil time.Time
	Problem     string // the menu's line about the last read of the settings, if that failed; else empty
	Login       loginState
	Talk        bool // tell other computers that share a store what runs here
}

// loginState reports whether Lockbar starts at login.
type loginState uint8

const (
	loginUnknown loginState = iota // this system cannot start it, or the setting has not been read or cannot be read
	loginDisabled
	loginRefused // off, and this program is at a place from which it cannot be started: a click shows why
	loginEnabled
	loginSwitchedOff // off in System Settings, and can only be switched on there
)

// readSettings reads the file at path. The file is small and is read whenever it may have been edited: at the start, with each
// change of a store, after a click on a setting, when the menu opens, and again after a timeout. So nothing has to watch it. If services is
// true, readSettings also reads the daemon's installed services, at the same time, so that the timeouts of the two do not add up.
func readSettings(path string, services bool) answer {
	installed := make(chan *service.Installed, 1)
	go func() {
		if services {
			installed <- service.ReadInstalled()
		}
		close(installed)
	}()
	c, err := config.Default(), error(nil)
	if path != "" {
		c, err = config.Load(path)
	}
	a := answer{choices: choicesOf(c), timedOut: errors.Is(err, os.ErrDeadlineExceeded)}
	if err != nil {
		a.Problem = "Settings ignored, defaults used: " + fault(err)
	}
	a.service = <-installed
	return a
}

func choicesOf(c config.Config) choices {
	return choices{Notify: c.Notify, PausedUntil: c.PausedUntil, Talk: c.Talk}
}

// fault describes the error in the settings file, without its long path.
func fault(err error) string {
	var bad *config.Error
	if errors.As(err, &bad) {
		return fmt.Sprintf("line %d, %s", bad.Line, words.Clean(bad.Problem))
	}
	return words.Cause(err)
}

// readLogin asks the system whether Lockbar starts at login.
func readLogin() loginState {
	s, err := login.Status()
	return loginStateOf(s, err, login.CheckPlace())
}

func loginStateOf(s login.Setting, err, refusal error) loginState {
	switch {
	case err != nil:
		return loginUnknown
	case s.Enabled:
		return loginEnabled
	case s.SwitchedOff:
		return loginSwitchedOff
	case refusal != nil:
		return loginRefused
	}
	return loginDisabled
}

func (s choices) quiet() notify.Quiet {
	return notify.QuietBy(config.Config{Notify: s.Notify, PausedUntil: s.PausedUntil})
}

func (s choices) paused(now time.Time) bool { return now.Before(s.PausedUntil) }

// kindTitles lists the labels of the switches.
var kindTitles = map[config.Kind]string{
	config.Takeover:    "Takeovers",
	config.Stale:       "Locks Left Behind",
	config.Crashes:     "Repeated Crashes",
	config.Contested:   "Two Daemons",
	config.Corrupt:     "Corrupt Locks",
	config.Resurrected: "Locks That Come Back",
	config.Away:        "While You Were Away",
}

const (
	pauseTime = time.Hour
	// morning is the hour at which "until tomorrow" ends: messages at midnight would wake people.
	morning = 8
)

// tomorrow returns the morning of the next day.
func tomorrow(now time.Time) time.Time {
	return time.Date(now.Year(), now.Month(), now.Day()+1, morning, 0, 0, 0, now.Location())
}

// change makes the change of the settings that a click in the menu requests.
func (a action) change(c *config.Config, now time.Time) {
	switch a.Do {
	case doToggle:
		on := c.Notify.Switch(a.Kind)
		*on = !*on
	case doPauseHour:
		c.PausedUntil = now.Add(pauseTime)
	case doPauseTomorrow:
		c.PausedUntil = tomorrow(now)
	case doResume:
		c.PausedUntil = time.Time{}
	case doToggleTalk:
		c.Talk = !c.Talk
	}
}

var errNoSettings = errors.New("this system has no place for settings")

// changeSettings makes the change that a click requests, and returns a result with the new settings.
func changeSettings(path string, a action, now time.Time) result {
	if path == "" {
		return result{Text: "Settings not saved: " + errNoSettings.Error(), Err: errNoSettings}
	}
	c, err := config.Update(path, func(c *config.Config) { a.change(c, now) })
	if err != nil {
		return result{Text: "Settings not saved: " + fault(err), Err: err}
	}
	made := choicesOf(c)
	return result{Text: settingsText(a), Settings: &made}
}

// settingsText returns the line about a change of the settings that the menu does not show by itself.
func settingsText(a action) string {
	if a.Do == doResume {
		return "Notifications are on again"
	}
	return ""
}

// loginIsOff names the place where Start at Login can be switched on again.
var loginIsOff = "Start at Login is " + login.ErrSwitchedOff.Error()

// changeLogin turns the start at login on or off.
func changeLogin(was loginState) result {
	do, text := login.Enable, "Lockbar will start at login"
	if was == loginEnabled {
		do, text = login.Disable, "Lockbar will no longer start at login"
	}
	switch err := do(); {
	case errors.Is(err, login.ErrSwitchedOff):
		return result{Text: loginIsOff, Err: err}
	case err != nil:
		return result{Text: "Start at Login was not changed: " + words.Cause(err), Err: err}
	}
	return result{Text: text}
}

// testMessage returns the message that Send a Test Notification sends, also during a pause. It promises nothing that is switched off.
func testMessage(s choices, now time.Time) notify.Message {
	m := notify.Message{Title: "Did you see it?", Icon: icons.HeldHere,
		Body: "Then Lockbar can reach you. It will tell you when another computer takes the memory store over."}
	switch off := s.switchedOff(); {
	case s.paused(now):
		m.Body = "Then Lockbar can reach you. Notifications are paused until " + words.Clock(s.PausedUntil, now) +
			"; this one came because you asked for it."
	case len(off) > 0:
		m.Body = "Then Lockbar can reach you. Switched off in the Lockbar menu: " + strings.Join(off, ", ") + "."
	}
	return m
}

// switchedOff returns the titles of the kinds that are off.
func (s choices) switchedOff() (titles []string) {
	for _, k := range config.Kinds() {
		if !*s.Notify.Switch(k) {
			titles = append(titles, kindTitles[k])
		}
	}
	return titles
}

// settingsItems returns the Notifications submenu.
func settingsItems(in input) []menuItem {
	var items []menuItem
	for _, k := range config.Kinds() {
		items = append(items, check("notify."+string(k), kindTitles[k], *in.Settings.Notify.Switch(k), action{Do: doToggle, Kind: k}))
	}
	items = append(items,
		separator("pauses"),
		button("pause.hour", "Pause for 1 Hour", true, action{Do: doPauseHour}),
		button("pause.tomorrow", "Pause until Tomorrow", true, action{Do: doPauseTomorrow}),
		button("resume", "Resume", in.Settings.paused(in.Now), action{Do: doResume}),
		separator("test"),
		button("test.send", "Send a Test Notification", true, action{Do: doSendTest}),
	)
	return append(items, flow("advice", maxAdviceLines, advice(in.Route)...)...)
}

// maxAdviceLines is the fixed number of lines that the menu has for advice.
const maxAdviceLines = 6

// advice returns lines about the way in which notifications are delivered.
func advice(w notify.Route) []string {
	switch w {
	case notify.ScriptEditor:
		return []string{
			"macOS shows these under Script Editor's name",
			"Not seen? System Settings > Notifications > Script Editor",
			"Not listed there? Run this once in Script Editor:",
			`display notification "Lockbar"`,
			"A Focus hides them too",
		}
	case notify.OwnName:
		return []string{
			"macOS shows these under Lockbar's name",
			"Not seen? System Settings > Notifications > Lockbar",
			"Gone too soon? Choose Persistent there (once called Alerts)",
			"A Focus hides them too",
		}
	case notify.SwitchedOff:
		return []string{
			"macOS shows none of these: they are off for Lockbar",
			"Switch them on: System Settings > Notifications > Lockbar",
		}
	}
	return nil
}

// testSent returns the menu's answer to Send a Test Notification. It is a question, since the system may accept a
// notification that is not seen.
func testSent(w notify.Route) string {
	if w == notify.DefaultRoute {
		return "Did you see the test notification? If not: lockbar doctor"
	}
	return "Did you see the test notification? If not: see Notifications below"
}

// testFailed is the answer if the system did not accept the notification.
const testFailed = "The test notification failed; run: lockbar doctor"

func pausedLine(in input) string {
	if !in.Settings.paused(in.Now) {
		return ""
	}
	return "Notifications are paused until " + words.Clock(in.Settings.PausedUntil, in.Now)
}
