package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"lockbar/internal/demo"
	"lockbar/internal/login"
	"lockbar/internal/words"
	"lockbar/lockcore"
	"lockbar/lockcore/watch"
	"lockbar/tray"
)

func newDemo(g *globals) *cobra.Command {
	var pace float64
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "Play takeovers, crashes and a conflict on a throw-away store",
		Long: `Play takeovers, crashes and a conflict in about two minutes, on a store that is made for it and
thrown away: in the tray if there is a desktop, and in the terminal. The second computer, whose Lockbar
talks with this one, is made up. Your own store and settings are not touched. Click what you like in the
menu: only Quit or Ctrl-C ends the story. At the end it says what to do next.`,
		Args:       noArguments,
		SuggestFor: []string{"try", "tour", "example", "play"},
		RunE: g.settled(func(cmd *cobra.Command, s settings, _ []string) error {
			if err := checkPace(pace); err != nil {
				return usageError(err)
			}
			return runDemo(cmd.Context(), s, pace)
		}),
	}
	cmd.Flags().Float64Var(&pace, "pace", 1, "`factor` on the time between the acts: 0.1 is ten times as fast")
	return cmd
}

// maxPace makes the demo about four hours long. Without a limit, a pause could overflow a time.Duration.
const maxPace = 100

// checkPace refuses a pace that is not from 0 to maxPace, and so also NaN.
func checkPace(pace float64) error {
	if pace >= 0 && pace <= maxPace {
		return nil
	}
	return fmt.Errorf("--pace is not a number from 0 to %d", maxPace)
}

// newDemoHolder returns the command of the demo's daemon: a process of this program that takes the lock of the demo's store.
func newDemoHolder() *cobra.Command {
	return &cobra.Command{
		Use:    demo.HolderCommand,
		Hidden: true,
		Args:   exactly(demo.HolderArgs, "arguments"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return commandError(demo.Hold(cmd.Context(), args, os.Stdin, os.Stdout))
		},
	}
}

func runDemo(ctx context.Context, s settings, pace float64) error {
	ctx, stop := untilInterrupted(ctx)
	defer stop()
	keepBrokenPipes()
	p := paletteFor(os.Stdout)
	config := demo.Config{
		Hostname: s.hostname,
		Version:  buildVersion(),
		Pace:     pace,
		Say:      func(text string) { fmt.Printf("\n%s\n", p.paint(bold, text)) },
		Event:    func(c watch.Change) { _ = printEvent(os.Stdout, p, c, false) },
	}
	if tray.HasDesktop(ctx) {
		config.Tray = func(ctx context.Context, store *lockcore.Store, stateDir string) error {
			s := s
			s.stores, s.stateDir = []*lockcore.Store{store}, stateDir
			c := trayConfig(s, filepath.Join(stateDir, "config.json")) // removed with the demo
			c.Demo = true
			return tray.Run(ctx, c)
		}
	}
	err := demo.Play(ctx, config)
	stopped := errors.Is(err, context.Canceled) // by Ctrl-C, or by Quit in the menu
	if err != nil && !stopped {
		return err
	}
	refusal := login.CheckPlace()
	fmt.Println()
	for _, line := range farewell(stopped, programName(os.Args[0], refusal), refusal == nil, lookAtAll(context.WithoutCancel(ctx), s.stores, s.saved.Holders)) {
		fmt.Println(line)
	}
	return nil
}

// goRun builds, runs and removes a program.
const goRun = "go run ."

// programName returns the command that starts this program again. typed is its name as it was called; refusal is the error of
// login.CheckPlace.
func programName(typed string, refusal error) string {
	var place *login.PlaceError
	if errors.As(refusal, &place) && place.ByGoRun() {
		return goRun
	}
	return words.Path(typed)
}

// farewell returns the text after the demo, with next steps: at most three lines.
func farewell(stopped bool, program string, installed bool, own []look) []string {
	lines := []string{"That was Lockbar. Nothing is left of the demo."}
	if stopped {
		lines[0] = "The demo was stopped. Nothing is left of it."
	}
	atLogin := "at each login: `" + program + " login enable`"
	if !installed {
		atLogin = "to start it at each login, install it first (packaging/INSTALL.md)"
	}
	lines = append(lines, "To watch your own store: `"+program+"`; "+atLogin)
	if len(own) == 0 {
		return lines
	}
	return append(lines, ownStore(own[0], len(own)-1)+" (`"+program+" status` says more)")
}

// ownStore describes the user's own store in half a sentence.
func ownStore(s look, more int) string {
	text := "Your own store, " + path(s.Store) + ", now: " + words.Title(s.Snapshot)
	if s.Reason == lockcore.StoreMissing {
		text = "Your own store would be " + path(s.Store) + ", which is not there yet"
	}
	if more > 0 {
		text += fmt.Sprintf("; %d more", more)
	}
	return text
}
