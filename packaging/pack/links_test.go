package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	// link matches a link or a picture, in Markdown or in HTML.
	link = regexp.MustCompile(`\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"`)
	// heading matches the target of a link's fragment.
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
	// dropped matches the characters of a heading that its fragment lacks.
	dropped = regexp.MustCompile("[^a-z0-9 -]")
)

// TestLinksLeadSomewhere checks that the pages' links within the project lead to files and headings that exist.
func TestLinksLeadSomewhere(t *testing.T) {
	pages, err := filepath.Glob("packaging/*.md")
	if err != nil || len(pages) < 4 {
		t.Fatalf("%q, %v", pages, err)
	}
	for _, page := range append(pages, "README.md") {
		for _, found := range link.FindAllStringSubmatch(read(t, page), -1) {
			target := found[1] + found[2]
			if strings.Contains(target, "://") {
				continue
			}
			file, fragment, _ := strings.Cut(target, "#")
			path := filepath.Join(filepath.Dir(page), file)
			if file == "" {
				path = page
			}
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%s: %v", page, err)
			} else if fragment != "" && !slices.Contains(fragments(read(t, path)), fragment) {
				t.Errorf("%s: there is no heading for %s", page, target)
			}
		}
	}
}

// fragments returns the names of a page's headings in links.
func fragments(page string) (names []string) {
	for _, h := range heading.FindAllStringSubmatch(page, -1) {
		names = append(names, strings.ReplaceAll(dropped.ReplaceAllString(strings.ToLower(h[1]), ""), " ", "-"))
	}
	return names
}
