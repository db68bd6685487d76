package page

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"lockbar/internal/report"
	"lockbar/internal/testfs"
	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
)

// wellFormed returns the page's elements and text. It fails the test if the page is not XML as well, or
// has an element or attribute that runs or loads something.
func wellFormed(t testing.TB, page []byte) (elements map[string]int, content string) {
	t.Helper()
	elements = map[string]int{}
	var all strings.Builder
	for d := xml.NewDecoder(bytes.NewReader(page)); ; {
		token, err := d.Token()
		switch token := token.(type) {
		case xml.StartElement:
			elements[token.Name.Local]++
			for _, a := range token.Attr {
				harmless(t, token.Name.Local, a)
			}
		case xml.CharData:
			all.Write(token)
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatalf("%v in %s", err, page)
		}
	}
	for _, name := range []string{"script", "iframe", "img", "link", "a", "object", "foreignObject"} {
		if elements[name] > 0 {
			t.Errorf("the page has a %s", name)
		}
	}
	return elements, all.String()
}

func harmless(t testing.TB, element string, a xml.Attr) {
	t.Helper()
	name := a.Name.Local
	if strings.HasPrefix(name, "on") || name == "src" || name == "href" && !strings.HasPrefix(a.Value, "#") {
		t.Errorf("<%s %s=%q>", element, name, a.Value)
	}
}

// night returns a history with a takeover, a contest and an unlock.
func night() []report.Line {
	both := lock(lockcore.Contested, lockcore.LocalDaemonAlive, "mac-mini", clock(9, 0))
	return []report.Line{
		happened(watch.Acquired, free(), clock(7, 0), here(clock(8, 0)), clock(8, 0)),
		happened(watch.TakenOver, here(clock(8, 0)), clock(8, 0), both, clock(9, 0)),
		happened(watch.WasRemoved, both, clock(9, 0), free(), clock(10, 30)),
	}
}

func TestPageTellsTheNight(t *testing.T) {
	now := time.Date(2026, 11, 22, 21, 0, 0, 0, time.FixedZone("CET", 3600))
	page := (&History{Events: night(), Looks: map[string]lockcore.Snapshot{"/s": free()}, Now: now}).HTML()
	elements, content := wellFormed(t, page)
	if elements["figure"] != 1 || elements["time"] != 3 || elements["h2"] != 1 {
		t.Errorf("elements: %v", elements)
	}
	here := words.Capital(words.Machine())
	for _, want := range []string{
		"Today, Sunday 22 November",
		"00:00 to 08:00 not watched",
		"09:00 to 10:00 " + here + ": held the store",
		"10:00 to 11:30 mac-mini: claimed the store while another process did",
		"10:00 to 11:30 " + here + ": claimed the store while another process did",
		"Since 09:00: 1 takeover, 1 alarm, 1 lock removed by hand.",
		"21:00 on Sunday 22 November 2026; all times are CET (UTC+01:00)",
	} {
		if !strings.Contains(content, want) {
			t.Errorf("no %q in\n%s", want, content)
		}
	}
	newest := strings.LastIndex(content, night()[2].Sentence())
	for _, e := range night()[:2] {
		if at := strings.LastIndex(content, e.Sentence()); at < newest {
			t.Errorf("%q is at %d, the newest at %d", e.Sentence(), at, newest)
		}
	}
}

// TestPageForbidsAllButItsStyle checks the page's policy. It forbids even what harmless does not look for.
func TestPageForbidsAllButItsStyle(t *testing.T) {
	page := string((&History{Events: night(), Now: clock(20, 0)}).HTML())
	const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"/>`
	if at := strings.Index(page, policy); at < 0 || at > strings.Index(page, "<style>") {
		t.Errorf("the policy is at %d", at)
	}
}

// TestTextIsHarmless checks that text is escaped for an element, and for an attribute in either quotation mark.
func TestTextIsHarmless(t *testing.T) {
	if got, want := text("a\"b'c<d>&amp;\u202e\x00\né"), "a&#34;b&#39;c&lt;d&gt;&amp;amp;   é"; got != want {
		t.Errorf("text returns %q, want %q", got, want)
	}
}

// TestLineFromWhoLostTheLock checks that there is no line for a takeover that was found late, since the loser's bar ends earlier.
func TestLineFromWhoLostTheLock(t *testing.T) {
	for taken, want := range map[time.Time]int{clock(11, 0): 1, clock(10, 0): 0} {
		page := (&History{Now: clock(20, 0), Events: []report.Line{
			happened(watch.Acquired, free(), clock(8, 0), here(clock(9, 0)), clock(9, 0)),
			happened(watch.TakenOver, here(clock(9, 0)), clock(9, 0), mini(taken), clock(11, 0)),
		}}).HTML()
		if got := bytes.Count(page, []byte(`class="hand"`)); got != want {
			t.Errorf("taken at %v, found at 11:00: %d lines, want %d", taken, got, want)
		}
	}
}

func TestDemoPageSaysThatItIsOne(t *testing.T) {
	for _, demo := range []bool{false, true} {
		page := string((&History{Now: clock(20, 0), Demo: demo}).HTML())
		if strings.Contains(page, "<title>Demo: ") != demo || strings.Contains(page, "<h1>Demo: ") != demo {
			t.Errorf("demo %v: %s", demo, page)
		}
	}
}

func TestPageOfNothing(t *testing.T) {
	if elements, content := wellFormed(t, (&History{Now: clock(12, 0)}).HTML()); !strings.Contains(content, report.NoHistory) || elements["figure"] > 0 {
		t.Errorf("the page of no events: %s", content)
	}
}

func TestStoresHaveSectionsOfTheirOwn(t *testing.T) {
	var events []report.Line
	for i, store := range []string{"/a", "/b \x1b<i>", "/a"} {
		s := free()
		s.Store = store
		events = append(events, happened(watch.Cleared, s, clock(8+i, 0), s, clock(9+i, 0)))
	}
	elements, content := wellFormed(t, (&History{Events: events, Named: true, Now: clock(20, 0)}).HTML())
	if elements["section"] != 2 || strings.Index(content, "/a") > strings.Index(content, `"/b \x1b<i>"`) {
		t.Errorf("%d sections in %s", elements["section"], content)
	}
}

// TestQuietDaysAreOneLine checks that a run of quiet days is one line, without a picture.
func TestQuietDaysAreOneLine(t *testing.T) {
	start := here(clock(9, 0))
	events := []report.Line{
		happened(watch.Acquired, free(), clock(8, 0), start, clock(9, 0)),
		happened(watch.Released, start, clock(9, 0), free(), clock(9, 0).AddDate(0, 0, 5)),
	}
	now := clock(9, 0).AddDate(0, 0, 6)
	elements, content := wellFormed(t, (&History{Events: events, Looks: map[string]lockcore.Snapshot{"/s": free()}, Now: now}).HTML())
	want := "Monday 23 November to Thursday 26 November: " + words.Capital(words.Machine()) + ": held the store"
	if elements["figure"] != 3 || !strings.Contains(content, want) {
		t.Errorf("%d days, want %q in %s", elements["figure"], want, content)
	}
}

// TestLongHistoryIsBounded makes the page of a full journal, which holds a few thousand events.
func TestLongHistoryIsBounded(t *testing.T) {
	var events []report.Line
	last, at := free(), clock(0, 0)
	for i := range 4000 {
		next, looked := mini(at), at
		next.Record.Hostname = fmt.Sprintf("mac-%d", i%50)
		at = at.Add(11 * time.Minute)
		events = append(events, happened(watch.TakenOver, last, looked, next, at))
		last = next
	}
	begin := time.Now()
	page := (&History{Events: events, Now: at}).HTML()
	elements, _ := wellFormed(t, page)
	if elements["figure"] != maxDays || elements["time"] != len(events) || len(page) > 3<<20 {
		t.Errorf("%d days, %d lines, %d bytes", elements["figure"], elements["time"], len(page))
	}
	t.Logf("%d bytes, %v with its check", len(page), time.Since(begin))
}

func TestSavedForThisUserAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	testfs.Check(t, os.Mkdir(dir, 0o700))
	path, err := (&History{Events: night(), Now: clock(20, 0)}).Save(dir)
	if err != nil || path != filepath.Join(dir, Name) {
		t.Fatalf("Save: %s, %v", path, err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm()&0o077 != 0 && os.PathSeparator == '/' {
		t.Errorf("mode: %v, %v", info, err)
	}
}

// FuzzPage checks, for any host name and store path, that the page is well-formed, that no script, link or new kind of element comes from
// them, and that the page shows no unprintable character.
func FuzzPage(f *testing.F) {
	for _, host := range []string{"mac", "</svg><script>alert(1)</script>", "\u202egnp\u2066", "a\"onload='x", "\x00\x1b[31m", "\xff&amp;]]>",
		strings.Repeat("x", 64<<10), "<!--", "\u2028\ufffe"} {
		f.Add(host, "/s")
		f.Add("mac-b", host)
	}
	plain, _ := wellFormed(f, hostile("mac-b", "/s"))
	f.Fuzz(func(t *testing.T, host, store string) {
		elements, content := wellFormed(t, hostile(host, store))
		for name, n := range elements {
			if plain[name] == 0 || name != "li" && name != "line" && n > 2*plain[name] {
				t.Errorf("%d elements %s", n, name)
			}
		}
		if i := strings.IndexFunc(content, func(r rune) bool { return r != '\n' && !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("the page shows %q", content[i:min(len(content), i+9)])
		}
	})
}

// hostile returns the page of the store at path store, which a machine with the name host took over.
func hostile(host, store string) []byte {
	other := mini(clock(9, 0))
	other.Record.Hostname = host
	from, to := here(clock(8, 0)), other
	from.Store, to.Store = store, store
	return (&History{Events: []report.Line{happened(watch.TakenOver, from, clock(8, 0), to, clock(9, 0))}, Named: true, Now: clock(20, 0)}).HTML()
}
