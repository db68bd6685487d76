package main

import "fmt"

// axErrors describes the results of the Accessibility API that help a reader of a report. Its keys are the numbers in AXError.h.
var axErrors = map[int]string{
	-25200: "Accessibility failed",
	-25202: "it disappeared meanwhile",
	-25204: "the app did not answer in time",
	-25208: "the app does not support Accessibility",
	-25211: "Accessibility is not allowed",
}

// nothingThere is probeNone of ax_darwin.h.
const nothingThere = 1

// axError returns the error for a result of the C functions in ax_darwin.h.
func axError(code int) error {
	switch text, known := axErrors[code]; {
	case code == 0:
		return nil
	case code == nothingThere:
		return errNone
	case known:
		return fmt.Errorf("%s (AXError %d)", text, code)
	}
	return fmt.Errorf("AXError %d", code)
}
