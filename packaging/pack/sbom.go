package main

import (
	"cmp"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/json"
	"fmt"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"lockbar/internal/desktop"
)

// These are the parts of CycloneDX 1.5 (https://cyclonedx.org/docs/1.5/json/) that list the libraries of a release. The libraries are
// read from the binaries, so the list has what was linked in, not what go.mod allows. Cyclonedx-gomod is not used: it writes the
// current time whatever SOURCE_DATE_EPOCH says.
type (
	bom struct {
		Format       string      `json:"bomFormat"`
		Spec         string      `json:"specVersion"`
		Serial       string      `json:"serialNumber"`
		Version      int         `json:"version"`
		Metadata     metadata    `json:"metadata"`
		Components   []component `json:"components"`
		Compositions []composed  `json:"compositions"`
	}
	metadata struct {
		Timestamp string    `json:"timestamp"`
		Component component `json:"component"`
	}
	component struct {
		Type       string     `json:"type"`
		Ref        string     `json:"bom-ref"`
		Name       string     `json:"name"`
		Version    string     `json:"version"`
		PURL       string     `json:"purl"`
		Properties []property `json:"properties,omitempty"`
	}
	property struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	composed struct {
		Aggregate  string   `json:"aggregate"`
		Assemblies []string `json:"assemblies"`
	}
)

func makeSBOM(args []string) error {
	r, err := newRelease(args[0])
	if err != nil {
		return err
	}
	parts := map[string]*component{}
	for _, binary := range args[2:] {
		if err := addBinary(parts, binary); err != nil {
			return err
		}
	}
	data, err := json.MarshalIndent(r.bom(parts), "", "  ")
	if err != nil {
		return err
	}
	return write(args[1], append(data, '\n'), 0o644)
}

// addBinary adds the libraries of a binary. The binary is named with its directory, as in linux-amd64/lockbar.
func addBinary(parts map[string]*component, binary string) error {
	info, err := buildinfo.ReadFile(binary)
	if err != nil {
		return err
	}
	in := property{"lockbar:binary", filepath.Base(filepath.Dir(binary)) + "/" + filepath.Base(binary)}
	goVersion := strings.TrimPrefix(info.GoVersion, "go")
	for _, dep := range append(info.Deps, &debug.Module{Path: "std", Version: goVersion}) {
		for dep.Replace != nil {
			dep = dep.Replace
		}
		part := library(dep)
		if known := parts[part.PURL]; known != nil {
			part = *known
		}
		part.Properties = append(part.Properties, in)
		parts[part.PURL] = &part
	}
	return nil
}

// library describes a module. Its sum is a hash of a file tree, for which CycloneDX has no algorithm, so the sum is a property.
func library(m *debug.Module) component {
	purl := "pkg:golang/" + m.Path + "@" + m.Version
	c := component{Type: "library", Ref: purl, Name: m.Path, Version: m.Version, PURL: purl}
	if m.Sum != "" {
		c.Properties = []property{{"go:sum", m.Sum}}
	}
	return c
}

func (r release) bom(parts map[string]*component) bom {
	components := make([]component, 0, len(parts))
	for _, c := range parts {
		components = append(components, *c)
	}
	slices.SortFunc(components, func(a, b component) int { return cmp.Compare(a.PURL, b.PURL) })
	purl := "pkg:generic/" + desktop.Command + "@" + r.version
	return bom{
		Format: "CycloneDX", Spec: "1.5", Version: 1, Serial: serial(purl, components),
		Metadata: metadata{r.date.Format(time.RFC3339),
			component{Type: "application", Ref: purl, Name: desktop.Command, Version: r.version, PURL: purl}},
		Components:   components,
		Compositions: []composed{{"complete", []string{purl}}},
	}
}

// serial returns a UUID made from the content (RFC 9562, version 8), since a random one would differ in every run.
func serial(purl string, components []component) string {
	const version, variant = 0x80, 0x80
	u := sha256.Sum256([]byte(purl + fmt.Sprint(components)))
	u[6], u[8] = u[6]&0x0f|version, u[8]&0x3f|variant
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", u[0:4], u[4:6], u[6:8], u[8:10], u[10:16])
}
