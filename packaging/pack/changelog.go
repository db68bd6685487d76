package main

import (
	"fmt"
	"os"
	"strings"
	"time"
)

const changelogFile = "packaging/CHANGELOG.md"

// maintainer is who packages are from. The address takes no mail until the project has a public home.
const maintainer = "The Lockbar authors <lockbar@users.noreply.github.com>"

// section is what CHANGELOG.md says about one version: the lines below "## VERSION", or below "## VERSION (unreleased)".
// A pre-release or a test build without a section of its own has the first one's.
func section(changelog, version string) (string, error) {
	_, rest, found := strings.Cut("\n"+changelog, "\n## ")
	if !found {
		return "", fmt.Errorf("%s has no section", changelogFile)
	}
	sections := strings.Split(rest, "\n## ")
	for _, s := range sections {
		if title, body, _ := strings.Cut(s, "\n"); strings.Fields(title)[0] == version {
			return strings.TrimSpace(body), nil
		}
	}
	_, body, _ := strings.Cut(sections[0], "\n")
	return strings.TrimSpace(body), nil
}

func readSection(version string) (string, error) {
	changelog, err := os.ReadFile(changelogFile)
	if err != nil {
		return "", err
	}
	return section(string(changelog), version)
}

// makeNotes writes the notes of a release.
func makeNotes(args []string) error {
	r, err := newRelease(args[0])
	if err != nil {
		return err
	}
	body, err := readSection(r.version)
	if err != nil {
		return err
	}
	return write(args[1], []byte(body+"\n"), 0o644)
}

// makeDebianChangelog writes the one entry that dpkg and apt-listchanges read. Nfpm would make it from a YAML file, which would
// be a second changelog.
func makeDebianChangelog(args []string) error {
	r, err := newRelease(args[0])
	if err != nil {
		return err
	}
	body, err := readSection(r.version)
	if err != nil {
		return err
	}
	return write(args[1], []byte(debianEntry(r, body)), 0o644)
}

// debianEntry follows deb-changelog(5): each item has "  * ", what continues it four spaces, a line at most 80 columns.
func debianEntry(r release, body string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "lockbar (%s) unstable; urgency=medium\n", debianVersion(r.version))
	for _, item := range strings.Split("\n"+body, "\n- ")[1:] {
		wrap(&b, "\n  * ", "\n    ", strings.Fields(item))
	}
	fmt.Fprintf(&b, "\n\n -- %s  %s\n", maintainer, r.date.Format(time.RFC1123Z))
	return b.String()
}

// wrap writes words in lines, the first of which begins with first, the others with next.
func wrap(b *strings.Builder, first, next string, words []string) {
	const columns = 80
	b.WriteString(first)
	column := len(first)
	for i, word := range words {
		switch {
		case column+1+len(word) > columns:
			b.WriteString(next)
			column = len(next)
		case i > 0:
			b.WriteString(" ")
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
}

// debianVersion sorts a pre-release before its release, as nfpm does it, which names the package so.
func debianVersion(version string) string { return strings.Replace(version, "-", "~", 1) + "-1" }
