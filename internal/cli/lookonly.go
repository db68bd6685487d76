package cli

import "lockbar/internal/fsx"

// lookOnly is for the commands that only look: they download nothing. The policy is inherited, so a command that runs another
// program (run) must not have it. Where it cannot be set, lockcore still looks before it reads.
func lookOnly() { _ = fsx.NeverDownload() }
