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

// HostPart makes a part of Host.
func HostPart(r lockcore.Record) Part { return Part{Host(r), r.Hostname != ""} }

// Number makes a part of a number.
func Number(n int) Part { return Text(strconv.Itoa(n)) }

// Places holds what the places of a text stand for, by name: "host" for {host}.
type Places map[string]Part

// Fill replaces the places of a text in one pass, so that a host called {pid} stays what it is.
func (p Places) Fill(text string) string {
	pairs := make([]string, 0, 2*len(p))
	for place, part := range p {
		pairs = append(pairs, "{"+place+"}", part.text)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// Sentence fills a text, and begins it with a capital unless it begins with a name.
func (p Places) Sentence(text string) string {
	for place, part := range p {
		if part.name && strings.HasPrefix(text, "{"+place+"}") {
			return p.Fill(text)
		}
	}
	return capital(p.Fill(text))
}

func capital(s string) string {
	if s == "" {
		return ""
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
