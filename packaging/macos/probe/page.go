package main

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

//go:embed page.html
var pageHTML string

var pageTemplate = template.Must(template.New("page").Parse(pageHTML))

// A macRun is a column of the page: the results of one Mac.
type macRun struct {
	Name     string
	Missing  string // the reason why there are no results
	dir      string
	results  []result
	pictures []string // file names
}

// A result is a line of results.tsv.
type result struct{ Step, Title, Outcome, Seconds, Reason string }

// A row has one cell per run.
type row[T any] struct {
	Title string
	Cells []T
}

// A page holds the data of the template. The cells of pictures are relative URLs, empty where there is none.
type page struct {
	Runs     []macRun
	Steps    []row[[]result]
	Pictures []row[string]
}

// writePage writes a page that compares runs. The page needs no network, and can be moved together with the directories of the runs.
func writePage(c call) error {
	var runs []macRun
	for _, arg := range c.args[1:] {
		name, dir, ok := strings.Cut(arg, "=")
		if !ok || name == "" || dir == "" {
			return usageError(fmt.Sprintf("invalid run %q: want NAME=DIR", arg))
		}
		run, err := readRun(name, dir)
		if err != nil {
			return err
		}
		runs = append(runs, run)
	}
	pictures, err := pictureRows(filepath.Dir(c.args[0]), runs)
	if err != nil {
		return err
	}
	var html bytes.Buffer
	if err := pageTemplate.Execute(&html, page{runs, stepRows(runs), pictures}); err != nil {
		return err
	}
	return os.WriteFile(c.args[0], html.Bytes(), 0o666)
}

func readRun(name, dir string) (macRun, error) {
	run := macRun{Name: name, dir: dir}
	text, err := os.ReadFile(filepath.Join(dir, "results.tsv"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		run.Missing = "no results"
	case err != nil:
		return run, err
	default:
		if run.results = parseResults(string(text)); len(run.results) == 0 {
			run.Missing = "empty results"
		}
	}
	run.pictures, err = pictures(filepath.Join(dir, "pictures"))
	return run, err
}

// parseResults turns a line that it does not understand into a failure that shows the line.
func parseResults(text string) []result {
	var all []result
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			continue
		}
		if f := strings.SplitN(line, "\t", 5); len(f) == 5 && slices.Contains(outcomes, f[2]) {
			all = append(all, result{f[0], f[1], f[2], f[3], f[4]})
		} else {
			all = append(all, result{"?", "not understood", "FAIL", "?", line})
		}
	}
	return all
}

var outcomes = []string{"PASS", "FAIL", "UNAVAILABLE"}

func pictures(dir string) ([]string, error) {
	files, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var names []string
	for _, f := range files {
		if filepath.Ext(f.Name()) == ".png" {
			names = append(names, f.Name())
		}
	}
	return names, nil
}

// stepRows returns the steps in the order in which the runs first name them.
func stepRows(runs []macRun) []row[[]result] {
	var rows []row[[]result]
	for i, run := range runs {
		for _, r := range run.results {
			title := r.Step + " " + r.Title
			at := slices.IndexFunc(rows, func(w row[[]result]) bool { return w.Title == title })
			if at < 0 {
				at = len(rows)
				rows = append(rows, row[[]result]{title, make([][]result, len(runs))})
			}
			rows[at].Cells[i] = append(rows[at].Cells[i], r)
		}
	}
	return rows
}

func pictureRows(base string, runs []macRun) ([]row[string], error) {
	var names []string
	for _, run := range runs {
		names = append(names, run.pictures...)
	}
	slices.Sort(names)
	var rows []row[string]
	for _, name := range slices.Compact(names) {
		w := row[string]{name, make([]string, len(runs))}
		for i, run := range runs {
			if !slices.Contains(run.pictures, name) {
				continue
			}
			var err error
			if w.Cells[i], err = relative(base, filepath.Join(run.dir, "pictures", name)); err != nil {
				return nil, err
			}
		}
		rows = append(rows, w)
	}
	return rows, nil
}

// relative returns the URL of a file as seen from a page in base.
func relative(base, file string) (string, error) {
	from, err := filepath.Abs(base)
	if err != nil {
		return "", err
	}
	to, err := filepath.Abs(file)
	if err != nil {
		return "", err
	}
	path, err := filepath.Rel(from, to)
	return (&url.URL{Path: filepath.ToSlash(path)}).String(), err
}
