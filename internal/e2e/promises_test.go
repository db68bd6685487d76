//go:build linux

package e2e

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"lockbar/internal/testfs"
)

// promising lists the parts of documents in which each paragraph and each list item is a promise. An empty heading means the whole
// document.
var promising = []struct{ document, heading string }{
	{"README.md", "## What it tells you"},
	{"README.md", "## Two computers"},
	{"README.md", "## What it promises"},
	{"README.md", "## Stop the daemon"},
	{"lockcore", "# What is promised"},
	{"lockcore/watch", ""},
}

// TestPromises checks testdata/promises.txt, the list of all promises with the tests that prove them: each quoted sentence is in its
// document, each test exists, and every paragraph of the promising parts is quoted.
func TestPromises(t *testing.T) {
	promises, tests, documents := readPromises(t), testNames(t), map[string]string{}
	for _, p := range promises {
		if documents[p.document] == "" {
			documents[p.document] = readDocument(t, p.document)
		}
		if !strings.Contains(folded(documents[p.document]), p.text) {
			t.Errorf("promises.txt:%d: %s does not contain %q", p.line, p.document, p.text)
		}
		if len(p.tests) == 0 {
			t.Errorf("promises.txt:%d: no test proves %q", p.line, p.text)
		}
		for _, name := range p.tests {
			if !tests[name] {
				t.Errorf("promises.txt:%d: there is no test %q", p.line, name)
			}
		}
	}
	for _, part := range promising {
		all := paragraphs(documents[part.document], part.heading)
		if len(all) == 0 {
			t.Errorf("%s has nothing below %q", part.document, part.heading)
		}
		for _, paragraph := range all {
			if !slices.ContainsFunc(promises, func(p promise) bool { return p.document == part.document && strings.Contains(paragraph, p.text) }) {
				t.Errorf("%s: promises.txt quotes nothing of %q", part.document, paragraph)
			}
		}
	}
}

// promise is an entry of the list.
type promise struct {
	line     int
	document string
	text     string
	tests    []string // each a package, a space and a name
}

func readPromises(t *testing.T) (list []promise) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "promises.txt"))
	testfs.Check(t, err)
	document := ""
	for i, line := range strings.Split(string(data), "\n") {
		switch name, isTest := strings.CutPrefix(line, "\t"); {
		case isTest && len(list) > 0:
			last := &list[len(list)-1]
			last.tests = append(last.tests, name)
		case strings.HasPrefix(line, "# "):
			document = line[len("# "):]
		case line != "" && document != "": // the text before the first document explains the list
			list = append(list, promise{line: i + 1, document: document, text: line})
		}
	}
	return list
}

// source is the directory of the module.
var source = os.DirFS("../..")

var testFunction = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Example)\w+)\(`)

// testNames returns the name of every test, with its package. A script counts as a subtest of TestScript.
func testNames(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	err := fs.WalkDir(source, ".", func(file string, _ fs.DirEntry, err error) error {
		dir := path.Dir(file)
		switch {
		case strings.HasSuffix(file, "_test.go"):
			for _, match := range testFunction.FindAllStringSubmatch(readSource(t, file), -1) {
				names[dir+" "+match[1]] = true
			}
		case strings.HasSuffix(dir, "/testdata/script"):
			names[path.Dir(path.Dir(dir))+" TestScript/"+strings.TrimSuffix(path.Base(file), ".txt")] = true
		}
		return err
	})
	testfs.Check(t, err)
	return names
}

func readSource(t *testing.T, file string) string {
	t.Helper()
	data, err := fs.ReadFile(source, file)
	testfs.Check(t, err)
	return string(data)
}

// readDocument returns the text of a file, the comment of a package, or, for "help", the texts of all commands.
func readDocument(t *testing.T, name string) string {
	t.Helper()
	if name == "help" {
		return texts(t, "internal/cli")
	}
	if info, err := fs.Stat(source, name); err == nil && info.IsDir() {
		return packageComment(t, name)
	}
	return readSource(t, name)
}

func packageComment(t *testing.T, dir string) (text string) {
	t.Helper()
	for _, file := range parsed(t, dir, parser.PackageClauseOnly|parser.ParseComments) {
		text += file.Doc.Text()
	}
	return text
}

// texts returns the string literals of a package, each on lines of its own.
func texts(t *testing.T, dir string) string {
	t.Helper()
	var all strings.Builder
	for _, file := range parsed(t, dir, parser.SkipObjectResolution) {
		ast.Inspect(file, func(n ast.Node) bool {
			if literal, ok := n.(*ast.BasicLit); ok && literal.Kind == token.STRING {
				text, _ := strconv.Unquote(literal.Value) // the parser has validated it
				all.WriteString(text + "\n")
			}
			return true
		})
	}
	return all.String()
}

// parsed returns the files of a package without its tests.
func parsed(t *testing.T, dir string, mode parser.Mode) (files []*ast.File) {
	t.Helper()
	names, err := fs.Glob(source, dir+"/*.go")
	testfs.Check(t, err)
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, readSource(t, name), mode)
		testfs.Check(t, err)
		files = append(files, file)
	}
	return files
}

// paragraphs returns the paragraphs and list items below a heading, each in one line.
func paragraphs(text, heading string) (list []string) {
	inside, open := heading == "", false
	for line := range strings.Lines(text) {
		switch line = folded(line); {
		case strings.HasPrefix(line, "#"):
			inside, open = line == heading, false
		case line == "" || !inside:
			open = false
		case !open || strings.HasPrefix(line, "- "):
			list, open = append(list, line), true
		default:
			list[len(list)-1] += " " + line
		}
	}
	return list
}

// folded returns the text with one space in place of each run of white space.
func folded(text string) string { return strings.Join(strings.Fields(text), " ") }
