// Figures runs the benchmarks and prints the table of figures in packaging/README.md. It takes about eight minutes and
// needs an otherwise idle machine. Arguments go to go test.
//
//	go run ./packaging/figures
//	go run ./packaging/figures -short -idle 1s    # quick, but not meaningful
package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

var packages = []string{"./internal/e2e", "./lockcore/watch"}

func main() {
	var output bytes.Buffer
	test := exec.Command("go", append(append([]string{"test"}, packages...), append(flags(), os.Args[1:]...)...)...)
	test.Stdout, test.Stderr = io.MultiWriter(&output, os.Stderr), os.Stderr
	failed := test.Run()
	figures, cpu := parse(output.String())
	fmt.Printf("%s, %d cores, %s/%s, %s:\n\n", cpu, runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	text, missing := table(figures)
	fmt.Print(text)
	if failed != nil || len(missing) > 0 {
		fmt.Fprintf(os.Stderr, "figures: go test: %v; not measured: %q\n", failed, missing)
		os.Exit(1)
	}
}

// flags returns the arguments of go test that run each benchmark of the table once. Each benchmark repeats its measurement by itself.
func flags() []string {
	var names []string
	for _, r := range rows {
		names = append(names, r.function())
	}
	slices.Sort(names)
	names = slices.Compact(names)
	return []string{"-run", "^$", "-bench", "^Benchmark(" + strings.Join(names, "|") + ")$", "-benchtime", "1x", "-timeout", "20m"}
}

// result matches the output line of a benchmark: name, number of processors, count, and pairs of value and unit.
var result = regexp.MustCompile(`(?m)^Benchmark([^\s]+?)(?:-\d+)?\s+\d+\t(.*)$`)

// parse returns the metrics, by "Benchmark unit", and the processor.
func parse(output string) (figures map[string]float64, cpu string) {
	figures = map[string]float64{}
	for _, line := range result.FindAllStringSubmatch(output, -1) {
		fields := strings.Fields(line[2])
		for i := 0; i+1 < len(fields); i += 2 {
			if value, err := strconv.ParseFloat(fields[i], 64); err == nil {
				figures[line[1]+" "+fields[i+1]] = value
			}
		}
	}
	_, cpu, _ = strings.Cut(output, "\ncpu: ")
	cpu, _, _ = strings.Cut(cpu, "\n")
	return figures, cpu
}

// table returns the rows in Markdown, and the metrics that the figures lack.
func table(figures map[string]float64) (text string, missing []string) {
	text = "| figure | measured | its floor | ratio | bound |\n|---|---|---|---|---|\n"
	for _, r := range rows {
		if _, ok := figures[r.metric("")]; !ok {
			missing = append(missing, r.metric(""))
			continue
		}
		text += r.markdown(figures) + "\n"
	}
	return text, missing
}

// number formats a value with three digits, or with all digits before the point.
func number(v float64) string {
	if v >= 100 || v <= -100 {
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.3g", v)
}
