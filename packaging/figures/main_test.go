package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"lockbar/internal/testfs"
)

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	testfs.Check(t, err)
	return strings.ReplaceAll(string(data), "\r\n", "\n")
}

func TestTable(t *testing.T) {
	output := "cpu: AMD EPYC\n"
	for _, r := range rows {
		output += "Benchmark" + r.bench + "-2 \t 1\t 1.5 other-ms\t 2.5 " + r.unit + "\n"
	}
	figures, cpu := parse("goos: linux\n" + output + "PASS\n")
	text, missing := table(figures)
	if len(missing) > 0 || cpu != "AMD EPYC" {
		t.Errorf("missing %q, CPU %q", missing, cpu)
	}
	if lines := strings.Count(text, "\n"); lines != len(rows)+2 {
		t.Errorf("%d lines for %d rows:\n%s", lines, len(rows), text)
	}
	if _, missing := table(nil); len(missing) != len(rows) {
		t.Errorf("%d of %d rows are missing where nothing was measured", len(missing), len(rows))
	}
}

func TestRow(t *testing.T) {
	ms := row{"start", "Start", "p50-ms", 30, 0}
	ratio := row{"change", "Change", "p50-ms", 0, 1.8}
	store := row{"store", "Stores", "100-kB/store", 60, 0}
	for _, test := range []struct {
		row  row
		line string
		want string
	}{
		{ms, "BenchmarkStart-2   \t       1\t        29.5 p50-ms", "| start | 29.5 ms |  |  | 30 ms |"},
		{ms, "BenchmarkStart   \t       1\t        30.5 p50-ms", "| start | 30.5 ms |  |  | 30 ms **missed** |"},
		{ratio, "BenchmarkChange-16   \t       1\t 17 p50-ms\t 10 floor-p50-ms", "| change | 17 ms | 10 ms | 1.7x | 1.8x |"},
		{ratio, "BenchmarkChange-16   \t       1\t 19 p50-ms\t 10 floor-p50-ms", "| change | 19 ms | 10 ms | 1.9x | 1.8x **missed** |"},
		{ratio, "BenchmarkChange-16   \t       1\t 19 p50-ms\t 0 floor-p50-ms", "| change | 19 ms | 0 ms |  | 1.8x **missed** |"},
		{store, "BenchmarkStores-2   \t       1\t 123.456 100-kB/store", "| store | 123 kB |  |  | 60 kB **missed** |"},
	} {
		figures, _ := parse(test.line + "\nPASS\n")
		if got := test.row.markdown(figures); got != test.want {
			t.Errorf("%q:\n got %s\nwant %s", test.line, got, test.want)
		}
	}
}

var benchmark = regexp.MustCompile(`(?m)^func Benchmark(\w+)\(`)

func TestBenchmarksExist(t *testing.T) {
	exist := map[string]bool{}
	for _, dir := range packages {
		files, _ := filepath.Glob(filepath.Join("../..", dir, "bench*_test.go"))
		for _, file := range files {
			for _, name := range benchmark.FindAllStringSubmatch(read(t, file), -1) {
				exist[name[1]] = true
			}
		}
	}
	for _, r := range rows {
		if !exist[r.function()] {
			t.Errorf("no Benchmark%s in %q", r.function(), packages)
		}
	}
}

// TestReadme finds rows that were renamed, or are new, since the table was pasted.
func TestReadme(t *testing.T) {
	readme := read(t, "../README.md")
	for _, r := range rows {
		if !strings.Contains(readme, "\n| "+r.text+" | ") {
			t.Errorf("no row %q in README.md: paste what go run ./packaging/figures prints", r.text)
		}
	}
}
