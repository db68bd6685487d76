package main

import (
	"encoding/xml"
	"errors"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// hostile is a name or a reason that must stay text.
const hostile = `<script>alert("x")</script>&'`

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// A table holds the text of each cell of a page, row by row, and the src of each picture.
func table(t *testing.T, page string) (rows [][]string, pictures []string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	for inCell := false; ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return rows, pictures
		} else if err != nil {
			t.Fatal(err)
		}
		switch e := token.(type) {
		case xml.StartElement:
			switch e.Name.Local {
			case "tr":
				rows = append(rows, nil)
			case "th", "td":
				inCell = true
				rows[len(rows)-1] = append(rows[len(rows)-1], "")
			case "img":
				pictures = append(pictures, attr(e, "src"))
				rows[len(rows)-1][len(rows[len(rows)-1])-1] += "picture " + attr(e, "src")
			case "script", "link":
				t.Errorf("the page has a <%s>", e.Name.Local)
			}
		case xml.EndElement:
			inCell = inCell && e.Name.Local != "th" && e.Name.Local != "td"
		case xml.CharData:
			if inCell {
				row := rows[len(rows)-1]
				row[len(row)-1] += string(e)
			}
		}
	}
}

func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func TestPage(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "runs", "a #1 100%"), filepath.Join(dir, "runs", "b")
	put(t, filepath.Join(a, "results.tsv"), "1\tversions\tPASS\t0.5\t\n2\tdisks\tFAIL\t12\t"+hostile+"\nodd line\n")
	put(t, filepath.Join(b, "results.tsv"), "2\tdisks\tUNAVAILABLE\t0\tno hdiutil\n3\tbuild\tPASS\t9\t\r\n")
	put(t, filepath.Join(a, "pictures", "menu.png"), "")
	put(t, filepath.Join(a, "pictures", "only a.png"), "")
	put(t, filepath.Join(b, "pictures", "menu.png"), "")
	put(t, filepath.Join(b, "pictures", "notes.txt"), "")
	out := filepath.Join(dir, "out", "page.html")
	put(t, out, "")
	stdout, errOut, code := ran(noScreen, "page", out, hostile+"="+a, "b="+b, "gone="+filepath.Join(dir, "gone"))
	if code != 0 || stdout+errOut != "" {
		t.Fatalf("%q, %q, exit %d", stdout, errOut, code)
	}
	html, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	rows, pictures := table(t, string(html))
	const menuOfA, menuOfB, onlyA = "../runs/a%20%231%20100%25/pictures/menu.png", "../runs/b/pictures/menu.png", "../runs/a%20%231%20100%25/pictures/only%20a.png"
	want := [][]string{
		{"Step", hostile, "b", "goneno results"},
		{"1 versions", "PASS 0.5 s", "not run", "not run"},
		{"2 disks", "FAIL 12 s" + hostile, "UNAVAILABLE 0 sno hdiutil", "not run"},
		{"? not understood", "FAIL ? sodd line", "not run", "not run"},
		{"3 build", "not run", "PASS 9 s", "not run"},
		{"Picture", hostile, "b", "gone"},
		{"menu.png", "picture " + menuOfA, "picture " + menuOfB, "no picture"},
		{"only a.png", "picture " + onlyA, "no picture", "no picture"},
	}
	for i := range max(len(rows), len(want)) {
		if i >= len(rows) || i >= len(want) || strings.Join(rows[i], "|") != strings.Join(want[i], "|") {
			t.Fatalf("row %d of\n%q\nwant\n%q", i, rows, want)
		}
	}
	for _, src := range pictures {
		wantFile(t, filepath.Dir(out), src)
	}
}

// wantFile checks that a browser finds a picture from the page.
func wantFile(t *testing.T, base, src string) {
	t.Helper()
	u, err := url.Parse(src)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(base, filepath.FromSlash(u.Path))); err != nil {
		t.Error(err)
	}
}

func TestPageOfNothing(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "page.html")
	put(t, filepath.Join(dir, "a", "results.tsv"), "")
	if _, errOut, code := ran(noScreen, "page", out, "a="+filepath.Join(dir, "a")); code != 0 {
		t.Fatalf("%q, exit %d", errOut, code)
	}
	html, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	rows, _ := table(t, string(html))
	if got := rows[0][1]; got != "aempty results" {
		t.Errorf("%q", got)
	}
	if got := rows[len(rows)-1]; len(got) != 1 || got[0] != "no pictures" {
		t.Errorf("%q", got)
	}
}

func TestPictureNamedLikeAURL(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("no colon in a file name")
	}
	dir := t.TempDir()
	put(t, filepath.Join(dir, "javascript:x", "pictures", "m.png"), "")
	out := filepath.Join(dir, "page.html")
	if _, errOut, code := ran(noScreen, "page", out, "a="+filepath.Join(dir, "javascript:x")); code != 0 {
		t.Fatalf("%q, exit %d", errOut, code)
	}
	html, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	if _, pictures := table(t, string(html)); len(pictures) != 1 || pictures[0] != "./javascript:x/pictures/m.png" {
		t.Errorf("%q", pictures)
	}
}

func TestPageThatCannotBeWritten(t *testing.T) {
	if _, errOut, code := ran(noScreen, "page", filepath.Join(t.TempDir(), "no", "page.html"), "a=b"); code != 1 || errOut == "" {
		t.Errorf("%q, exit %d", errOut, code)
	}
}
