package cli

import (
	"context"
	"os"
)

// keepBrokenPipes: Windows has no SIGPIPE.
func keepBrokenPipes() {}

// waitOutputClosed: a Windows pipe does not tell before the next write.
func waitOutputClosed(ctx context.Context, _ *os.File) { <-ctx.Done() }
