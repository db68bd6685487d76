package cli

import (
	"io"

	"lockbar/internal/report"
)

// printJSON writes one object on one line.
func printJSON(w io.Writer, object any) error {
	line, err := report.Encode(object)
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, '\n'))
	return err
}
