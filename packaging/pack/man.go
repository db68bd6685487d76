package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"lockbar/internal/cli"
	"lockbar/internal/words"
)

// makeMan writes lockbar(1) from the commands: one page, since they are few and share most of their options. Cobra's own
// generator (cobra/doc) writes a page for each command, none with ENVIRONMENT, FILES or EXIT STATUS.
func makeMan(args []string) error {
	r, err := newRelease(args[0])
	if err != nil {
		return err
	}
	return write(args[1], []byte(manPage(cli.Root(), r)), 0o644)
}

func manPage(root *cobra.Command, r release) string {
	var b strings.Builder
	fmt.Fprintf(&b, ".TH LOCKBAR 1 \"%s\" %s\n", r.date.Format(time.DateOnly), quoted("lockbar "+r.version)) // a date has no escapes
	fmt.Fprintf(&b, ".SH NAME\nlockbar \\- %s\n", roff(strings.ToLower(root.Short[:1])+root.Short[1:]))
	b.WriteString(".SH SYNOPSIS\n.B lockbar\n.RI [ options ]\n.RI [ command ]\n")
	b.WriteString(".SH DESCRIPTION\n")
	manText(&b, root.Long)
	manStates(&b)
	b.WriteString(".SH COMMANDS\n")
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() && c.Name() != "help" {
			manCommand(&b, c)
		}
	}
	b.WriteString(".SH OPTIONS OF ALL COMMANDS\n")
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) { manFlag(&b, f) })
	b.WriteString(manTail)
	b.WriteString(".SH EXAMPLES\n")
	manExamples(&b, root.Example)
	b.WriteString(manEnd)
	return b.String()
}

// manTail holds the sections that the commands' own help lacks. SECURITY.md refers to its list of environment variables.
const manTail = `.SH ENVIRONMENT
.TP
.B IAI_MCP_STORE
The store, if no \fB\-\-store\fR is given.
.TP
.B LOCKBAR_CONFIG
The file of settings, instead of the one that FILES below names.
.TP
.B LOCKBAR_STATE_DIR
Where backups and the history are kept, if no \fB\-\-state\-dir\fR is given.
.TP
.B LOCKBAR_HOSTNAME
The name of this computer, if no \fB\-\-hostname\fR is given.
.TP
.B LOCKBAR_MACHINE_ID
The id of this computer, instead of the system's. It separates the settings and the state of computers
that share a home directory.
.TP
.BR HOME ", " XDG_CONFIG_HOME ", " XDG_STATE_HOME
Where settings, the user's systemd units and the start at login are, and where backups and the history are kept.
On macOS only \fBHOME\fR counts; on Windows these are
.BR USERPROFILE ", " AppData " and " LocalAppData .
.TP
.BR NO_COLOR ", " TERM
No colour is used if \fBNO_COLOR\fR is set and not empty, or \fBTERM\fR is \fIdumb\fR.
.TP
.BR DBUS_SESSION_BUS_ADDRESS ", " DISPLAY ", " WAYLAND_DISPLAY ", " XDG_CURRENT_DESKTOP
The desktop session that shows the icon and the notifications.
.TP
.BR SSH_CONNECTION ", " SSH_TTY ", " SUDO_USER
They explain why there is no such session, also in \fBlockbar doctor\fR.
.TP
.BR PATH ", " TMPDIR
Where helpers are found, and where \fBlockbar demo\fR plays. A program in a directory for temporary files cannot be started
at login.
.TP
.B XDG_RUNTIME_DIR
The directory of a lock by which a second start is noticed (default \fBTMPDIR\fR), and of the session's message bus if
\fBDBUS_SESSION_BUS_ADDRESS\fR is not set.
.TP
.B TZ
The time zone of all times. Without it, Lockbar follows the system's.
.TP
.B GOCACHE
Where \fBgo run\fR builds: a program in it cannot be started at login.
.SH FILES
.TP
.I ~/.iai\-mcp/.locked
The lock of the default store. Beside it Lockbar reads \fI.daemon\-state.json\fR, \fIlifecycle_state.json\fR, the names
of the files, and the conflict copies of the lock.
.TP
.I ~/.iai\-mcp/.lockbar
One file for each computer that shares the store, with what it reports: \fBlockbar hosts\fR prints them.
.TP
.I $XDG_CONFIG_HOME/lockbar/config.json
The settings: which stores are watched, and which messages are shown (default \fI~/.config/lockbar/config.json\fR; on
macOS \fI~/Library/Application Support/Lockbar/config.json\fR). If another computer that shares the home directory saved it, this
one saves its own as \fIconfig\-ID.json\fR beside it.
.TP
.I $XDG_STATE_HOME/lockbar
Backups of removed locks and the history (default \fI~/.local/state/lockbar\fR; on macOS
\fI~/Library/Application Support/Lockbar\fR). The file \fImachine\fR has the id of the computer that owns the directory; other
computers use the directory \fImachine\-ID\fR in it.
.SH EXIT STATUS
0 done; 1 an error, or declined; 2 wrong usage; 3 refused, nothing changed; 4 failed.
Some commands have more, which are listed above.
`

const manEnd = `.SH SEE ALSO
.BR systemctl (1),
.BR flock (2)
`

// manStates explains the icon, which has one form for each state.
func manStates(b *strings.Builder) {
	b.WriteString(".PP\nThe icon, and \\fBlockbar status\\fR, say one of these:\n")
	for _, m := range cli.Meanings() {
		fmt.Fprintf(b, ".TP\n.B %s\n%s. %s.\n", roff(m.State.String()), roff(words.Capital(words.SignOf(m.State).Shape)), roff(words.Capital(m.Text)))
	}
}

// manExamples formats command lines. Two blanks separate a command from its description, if it has one.
func manExamples(b *strings.Builder, text string) {
	for line := range strings.Lines(strings.Trim(text, "\n")) {
		command, does, _ := strings.Cut(strings.TrimSpace(line), "  ")
		fmt.Fprintf(b, ".TP\n.B %s\n%s\n", roff(command), roff(words.Capital(strings.TrimSpace(does))))
	}
}

func manCommand(b *strings.Builder, c *cobra.Command) {
	fmt.Fprintf(b, ".SS %s\n", quoted("lockbar "+c.Use))
	manText(b, first(c.Long, c.Short))
	if c.Example != "" {
		b.WriteString(".PP\nFor example:\n")
		manCode(b, c.Example)
	}
	c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) { manFlag(b, f) })
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			fmt.Fprintf(b, ".TP\n.B %s\n%s.\n", roff(sub.Use), roff(strings.TrimSuffix(sub.Short, ".")))
		}
	}
}

// manText keeps the paragraphs of a help text but not their line ends, which suit a terminal.
func manText(b *strings.Builder, text string) {
	for i, paragraph := range strings.Split(strings.TrimSpace(text), "\n\n") {
		if strings.HasPrefix(paragraph, " ") {
			manCode(b, paragraph)
			continue
		}
		if i > 0 {
			b.WriteString(".PP\n")
		}
		paragraph = strings.Join(strings.Fields(paragraph), " ")
		b.WriteString(roff(ended(paragraph)) + "\n")
	}
}

// ended returns a paragraph with its full stop, unless it ends with a colon.
func ended(paragraph string) string {
	if strings.HasSuffix(paragraph, ":") {
		return paragraph
	}
	return strings.TrimSuffix(paragraph, ".") + "."
}

// manCode keeps the lines of a text, without an indent of two blanks.
func manCode(b *strings.Builder, text string) {
	b.WriteString(".RS\n.nf\n")
	for line := range strings.Lines(text) {
		b.WriteString(roff(strings.TrimPrefix(strings.TrimRight(line, "\n"), "  ")) + "\n")
	}
	b.WriteString(".fi\n.RE\n")
}

func manFlag(b *strings.Builder, f *pflag.Flag) {
	if f.Hidden || f.Name == "help" || f.Name == "version" {
		return
	}
	name, usage := pflag.UnquoteUsage(f)
	head := `\fB` + roff("--"+f.Name) + `\fR`
	if f.Shorthand != "" {
		head = `\fB` + roff("-"+f.Shorthand) + `\fR, ` + head
	}
	if name != "" {
		head += ` \fI` + roff(name) + `\fR`
	}
	fmt.Fprintf(b, ".TP\n%s\n%s.\n", head, roff(words.Capital(usage)))
}

// roff escapes text: \- is a hyphen that can be copied into a shell, and \& keeps a line from being read as a request.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "’", `\(cq`, "“", `\(lq`, "”", `\(rq`).Replace(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		return `\&` + s
	}
	return s
}

// quoted returns text as one argument of a request.
func quoted(s string) string { return `"` + strings.ReplaceAll(roff(s), `"`, `\(dq`) + `"` }

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
