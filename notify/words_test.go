package notify

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"lockbar/internal/words"
	"lockbar/lockcore"
)

// haveTitles reports whether the orders have one message for each part in want, in this order, whose title contains the part.
func haveTitles(got []Order, want []string) bool {
	got = slices.DeleteFunc(slices.Clone(got), func(o Order) bool { return o.Message.IsZero() })
	if len(got) != len(want) {
		return false
	}
	for i, m := range got {
		if !strings.Contains(m.Message.Title, want[i]) {
			return false
		}
	}
	return true
}

// TestTogetherTitle checks that a message with an alarm has the title of an alarm.
func TestTogetherTitle(t *testing.T) {
	fact := func(store string, urgent bool) (m postponed) {
		m.Store, m.Message.Urgent = store, urgent
		return m
	}
	for _, test := range []struct {
		list []postponed
		want string
	}{
		{[]postponed{fact("a", false), fact("b", false)}, "Changes in 2 stores"},
		{[]postponed{fact("a", false), fact("b", true)}, "Two daemons may write to one store"},
		{[]postponed{fact("a", true), fact("a", true)}, "Two daemons may write to one store"},
		{[]postponed{fact("a", true), fact("b", true), fact("c", true)}, "Two daemons may write to each of 3 stores"},
	} {
		if got := togetherTitle(test.list); got != test.want {
			t.Errorf("%q, want %q", got, test.want)
		}
	}
}

// TestWords checks that every message has its fields filled, is clean, fits a desktop, names the store, and quotes the command.
func TestWords(t *testing.T) {
	evil := lockcore.Record{PID: 1, Hostname: "-evil\x1b[1m\u202e<b>" + strings.Repeat("x", 99), StartedAt: "x", SchemaVersion: "1"}
	for k := range texts {
		t.Run(string(k), func(t *testing.T) { checkWords(t, k, daemon(look(lockcore.Contested, "", evil))) })
		t.Run(string(k)+" by a program", func(t *testing.T) {
			s := daemon(look(lockcore.Contested, "", evil))
			s.LocalDaemon.Kind = lockcore.LockbarRun
			checkWords(t, k, s)
		})
		t.Run(string(k)+" here", func(t *testing.T) {
			s := daemon(look(lockcore.Contested, "", evil))
			s.Host = evil.Hostname
			checkWords(t, k, s)
		})
		t.Run(string(k)+" of nobody", func(t *testing.T) { checkWords(t, k, daemon(look(lockcore.Contested, "", lockcore.Record{}))) })
	}
	for _, k := range []kind{twoDaemons, lockVanished, freed} {
		t.Run(string(k)+" elsewhere", func(t *testing.T) { checkWords(t, k, rivals(free, lockcore.OtherDaemonAlive, evil, mini)) })
		t.Run(string(k)+" here and elsewhere", func(t *testing.T) { checkWords(t, k, rivals(daemon(here), lockcore.OtherDaemonAlive, evil)) })
		t.Run(string(k)+" of a program here and elsewhere", func(t *testing.T) {
			s := rivals(daemon(here), lockcore.OtherDaemonAlive, evil)
			s.LocalDaemon.Kind = lockcore.LockbarRun
			checkWords(t, k, s)
		})
	}
	for _, reason := range append(lockcore.Reasons(), "") {
		t.Run("stale "+string(reason), func(t *testing.T) { checkWords(t, staleLock, look(lockcore.Stale, reason, evil)) })
	}
}

func checkWords(t *testing.T, k kind, to lockcore.Snapshot) {
	f := Fact{Store: "~/" + strings.Repeat("s", 60), To: to}
	m, text := message(k, f, start), textOf(k, f)
	for _, s := range []string{m.Title, m.Body} {
		if strings.ContainsAny(s, "{}") || strings.Contains(s, "  ") || strings.IndexFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) >= 0 {
			t.Errorf("%q", s)
		}
	}
	if !strings.HasSuffix(m.Body, ".") || strings.HasSuffix(m.Title, ".") || strings.Contains(m.Title+m.Body, "!") {
		t.Errorf("%q %q", m.Title, m.Body)
	}
	const shown = 40 // runes of a title that desktops show, if only roughly
	if i := strings.Index(text.title, "{host}"); len(text.title) > shown && i < 0 || i >= 0 && !strings.HasSuffix(text.title, "{host}") {
		t.Errorf("title %q is cut before its important part", text.title)
	}
	if n := len([]rune(m.Body)); n > maxBody {
		t.Errorf("the body has %d runes", n)
	}
	if !strings.Contains(m.Body, "~/sss") {
		t.Errorf("the store is not named: %q", m.Body)
	}
	if strings.Contains(m.Body, words.StopCommand) && !strings.Contains(m.Body, `"`+words.StopCommand+`"`) {
		t.Errorf("a command is not quoted: %q", m.Body)
	}
	if strings.Contains(m.Title, "Two daemons write") && !(m.Urgent && (to.LocalDaemon.PID == 0 || strings.Contains(m.Body, "77")) && strings.Contains(m.Body, words.StopHere(to))) {
		t.Errorf("%+v", m)
	}
}
