package words

import (
	"strconv"
	"strings"

	"lockbar/lockcore"
)

// Part is what a place in a text stands for.
type Part struct {
	text string
	name bool // somebody's name, which keeps its case where it begins a sentence
}

// Text makes a part that is no name.
func Text(s string) Part { return Part{text: s} }

// Number makes a part of a number.
func Number(n int) Part { return Text(strconv.Itoa(n)) }

// HostPart makes a part of Host.
func HostPart(r lockcore.Record) Part { return Part{Host(r), r.Hostname != ""} }

// NoPlace makes the part of a place that there is not: a test finds the braces.
func NoPlace(place string) Part { return Text("{" + place + "}") }

// Parts returns the part for a place: that of "host" for {host}.
type Parts func(place string) Part

// Fill replaces the places of a text in one pass, so that a host called {pid} stays what it is.
func (p Parts) Fill(text string) string {
	var filled strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		filled.WriteString(before)
		if !found {
			return filled.String()
		}
		place, after, _ := strings.Cut(rest, "}")
		filled.WriteString(p(place).text)
		text = after
	}
}

// Sentence fills a text, and begins it with a capital unless it begins with a name.
func (p Parts) Sentence(text string) string {
	filled := p.Fill(text)
	if rest, opens := strings.CutPrefix(text, "{"); opens {
		if place, _, _ := strings.Cut(rest, "}"); p(place).name {
			return filled
		}
	}
	return capital(filled)
}

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
