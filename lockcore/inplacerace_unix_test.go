//go:build unix

package lockcore_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"lockbar/internal/testfs"
	"lockbar/lockcore"
)

// playRunner acts as a lockbar run: on request it acquires the lock, checks it and releases it.
func playRunner(args []string) {
	s := mustOpen(args[1], args[2])
	var l *lockcore.Lock
	fmt.Println("ready")
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		words := strings.Fields(in.Text())
		var err error
		switch words[0] {
		case "go":
			begin(s, words[1:])
			l, err = s.Acquire(background, s.Inspect(background, lockcore.Memory{}), lockcore.Memory{}, false)
			s.OnStep(func(string) {})
		case "check":
			err = l.Held(background)
		case "release":
			err = l.Release(background)
		}
		if err != nil {
			printRefusal(err)
		} else {
			fmt.Printf("%q\n", fmt.Sprintf("held %s", l.Record.Encode()))
		}
	}
}

// playUnlocker removes the lock that it sees in a store, on request.
func playUnlocker([]string) {
	fmt.Println("ready")
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		words := strings.Fields(in.Text())
		dir := words[3]
		s := mustOpen(dir, filepath.Join(filepath.Dir(dir), "state"))
		begin(s, words[1:])
		change, err := s.ForceUnlock(background, s.Inspect(background, lockcore.Memory{}), lockcore.Memory{}, false)
		switch {
		case err != nil:
			printRefusal(err)
		case change.Token == "":
			fmt.Println(`"nothing"`)
		default:
			fmt.Printf("%q\n", fmt.Sprint("removed ", change.Token))
		}
	}
}

// begin waits, and slows down the steps of the change that follows, as a slow disk does. words[0] is the wait in microseconds, words[1] the
// number of the step at which to print "amid", from 0; -1 for never.
func begin(s *lockcore.Store, words []string) {
	var wait, step int
	if _, err := fmt.Sscan(strings.Join(words[:2], " "), &wait, &step); err != nil {
		panic(err)
	}
	s.OnStep(func(string) {
		if step == 0 {
			fmt.Println(`"amid"`)
		}
		step--
		if rand.IntN(2) == 0 {
			time.Sleep(rand.N(5 * time.Millisecond))
		}
	})
	time.Sleep(time.Duration(wait) * time.Microsecond)
}

// printRefusal prints an error and, before it, its kind: refused and lost are expected, failed is not.
func printRefusal(err error) {
	kind := "failed"
	switch {
	case isError(err, lockcore.ErrHeld), isError(err, lockcore.ErrChanged):
		kind = "refused"
	case isError(err, lockcore.ErrLost):
		kind = "lost"
	}
	fmt.Printf("%q\n", fmt.Sprint(kind, " ", err))
}

// tally counts the outcomes of all rounds.
type tally struct {
	sync.Mutex
	daemon, runner, unlocker, refused, lost, stalled int
}

// complete reports whether each kind of process won at least once, and at least one process was refused.
func (sum *tally) complete() bool {
	sum.Lock()
	defer sum.Unlock()
	return sum.daemon > 0 && sum.runner > 0 && sum.unlocker > 0 && sum.refused > 0
}

// TestInPlaceDaemonsRace lets a daemon of today, unlockers and lockbar runs compete for one store at the same moment, again and again.
// In the end one of them has it, and the others know that they do not.
//
// In most rounds the daemon appears in the process table, as one that is starting, only a moment before it takes the lock. A real one
// appears seconds before, and nobody else takes the store in that time, so it would never compete with the others.
func TestInPlaceDaemonsRace(t *testing.T) {
	t.Parallel()
	testfs.Need(t, testfs.FineTimes, testfs.HardLinks)
	var sum tally
	t.Run("rounds", func(t *testing.T) {
		for name, lock := range map[string]func() []byte{
			"absent":  func() []byte { return nil },
			"stale":   func() []byte { return of(host, deadPID).Encode() },
			"foreign": theirs.Encode,
			"corrupt": func() []byte { return []byte("corrupt") },
			"empty":   func() []byte { return []byte{} },
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				const atMost = 10           // after few rounds, play on until sum.complete, but no more than atMost*few in all
				few := testfs.Rounds(3, 18) // at least 3, so that each kind of leader has its turn
				unlockers := []*child{startChild(t, "unlock"), startChild(t, "unlock")}
				for i := 0; !t.Failed() && (i < few || i < atMost*few && !sum.complete()); i++ {
					newRace(t, lock(), i, unlockers).play(&sum)
				}
			})
		}
	})
	t.Logf("%d rounds: the daemon won %d, a run won %d; unlockers removed %d; %d refused, %d lost the lock that they had taken; the daemon stalled in %d",
		sum.daemon+sum.runner+sum.stalled, sum.daemon, sum.runner, sum.unlocker, sum.refused, sum.lost, sum.stalled)
	if !sum.complete() {
		t.Error("not every kind of process won, or none was refused")
	}
}

// race plays one round.
type race struct {
	*testing.T
	s         *lockcore.Store
	before    []byte
	daemon    *child
	runners   []*child
	unlockers []*child
	leader    *child   // the daemon begins in the middle of this child's change; nil if all begin together
	led       string   // the first answer of the leader
	answers   []string // of all children to "go" and "take"
}

// newRace starts the daemon and the runs of round i in a new store. before is its lock; nil for none.
func newRace(t *testing.T, before []byte, i int, unlockers []*child) *race {
	r := &race{T: t, s: newStore(t), before: before, unlockers: unlockers[:1+rand.IntN(2)]}
	if before != nil {
		write(t, r.s, before)
	}
	settleDown() // so that the lock is older than the daemon: a daemon older than a foreign lock does not count as starting
	state := filepath.Join(filepath.Dir(r.s.Dir()), "state")
	const visible = 10 // in the first of each so many rounds the daemon's process looks like a daemon from the start
	r.daemon = inPlaceDaemon(t, r.s.Dir(), i%visible == 0)
	for range 1 + rand.IntN(2) {
		r.runners = append(r.runners, startChild(t, "run", lockcore.RunArgument, r.s.Dir(), state))
	}
	leaders := []*child{nil, r.runners[0], r.unlockers[0]}
	r.leader = leaders[i%len(leaders)]
	return r
}

// soon returns a random number of microseconds, less than the given number of milliseconds.
func soon(milliseconds int) int { return rand.IntN(milliseconds * 1000) }

// start lets all processes begin.
func (r *race) start() {
	const steps = 10 // no change has many more; if one has fewer than the number drawn, the daemon begins after its end
	for _, c := range append(r.runners, r.unlockers...) {
		if c != r.leader {
			c.send(fmt.Sprint("go ", soon(5), " -1 ", r.s.Dir()))
		}
	}
	if r.leader != nil {
		r.leader.send(fmt.Sprint("go 0 ", rand.IntN(steps), " ", r.s.Dir()))
		r.led = r.answer(r.leader)
	}
	pauses := []int{0, 200, 1_000, 7_000, int(2 * lockcore.SettleTime / time.Microsecond)}
	r.daemon.send(fmt.Sprint("take ", soon(5), " ", soon(2), " ", pauses[rand.IntN(len(pauses))]))
}

// outcome returns a child's final answer: its first one, or the second if the first is "amid".
func (r *race) outcome(c *child) string {
	if c == r.leader && r.led != "amid" {
		return r.led
	}
	return r.answer(c)
}

// play plays the round and checks its outcome.
func (r *race) play(sum *tally) {
	r.start()
	daemon := r.answer(r.daemon)
	var winners []*child
	var locks []string
	for _, c := range r.runners {
		if lock, ok := strings.CutPrefix(r.outcome(c), "held "); ok {
			winners, locks = append(winners, c), append(locks, lock)
		}
	}
	removed := 0
	for _, c := range r.unlockers {
		if token, ok := strings.CutPrefix(r.outcome(c), "removed "); ok {
			removed++
			r.removed(token)
		}
	}
	if lock, ok := strings.CutPrefix(daemon, "held "); ok {
		winners, locks = append(winners, r.daemon), append(locks, strings.TrimSuffix(lock, " stalled"))
	}
	stalled := strings.HasSuffix(daemon, " stalled")
	if !stalled {
		r.oneWinner(winners, locks)
	}
	wantKept(r.T, r.s, r.before, 1, "after the round")
	r.end(winners, stalled)
	r.count(sum, winners, removed, stalled)
	if r.Failed() {
		r.Logf("answers: %q", r.answers)
	}
}

func (r *race) answer(c *child) string {
	r.Helper()
	answer := unquote(r.T, c.receive())
	r.answers = append(r.answers, answer)
	if kind, _, _ := strings.Cut(answer, " "); !strings.Contains(" amid held conflict removed nothing refused lost ", " "+kind+" ") {
		r.Errorf("child %d: %s", c.pid(), answer)
	}
	return answer
}

// removed checks that an unlocker removed the lock from before the round: all later ones are held.
func (r *race) removed(token string) {
	r.Helper()
	if r.before == nil || token != string(lockcore.TokenOf(r.before)) {
		r.Errorf("an unlocker removed %s", token)
	}
}

// oneWinner checks that exactly one process reported that it has the lock, and that the store has that process's lock.
func (r *race) oneWinner(winners []*child, locks []string) {
	r.Helper()
	if len(winners) != 1 {
		r.Errorf("%d winners", len(winners))
		return
	}
	if got := string(mustRead(r.T, r.s)); got != locks[0] {
		r.Errorf("the lock is %q, the winner's is %q", got, locks[0])
	}
	if winners[0] != r.daemon {
		winners[0].order("check", `"held `)
	}
}

// end lets the winners release their locks. Then it makes a change, since each change removes the temporary files of earlier ones, and
// checks that none is left, nor, unless the daemon stalled, a lock.
func (r *race) end(winners []*child, stalled bool) {
	r.Helper()
	for _, c := range winners {
		want := `"held `
		switch {
		case c == r.daemon:
			want = `"done"`
		case stalled:
			want = `"`
		}
		c.order("release", want)
	}
	for _, c := range append(r.runners, r.daemon) {
		c.rest()
	}
	if _, err := setAside(r.s); err != nil {
		r.Error(err)
	}
	if got := mustRead(r.T, r.s); got != nil && !stalled {
		r.Errorf("after the release the lock is %q", got)
	}
	tidy(r.T, r.s)
}

func (r *race) count(sum *tally, winners []*child, removed int, stalled bool) {
	sum.Lock()
	defer sum.Unlock()
	switch {
	case stalled:
		sum.stalled++
	case len(winners) > 0 && winners[0] == r.daemon:
		sum.daemon++
	default:
		sum.runner++
	}
	sum.unlocker += removed
	for _, answer := range r.answers {
		if strings.HasPrefix(answer, "refused ") {
			sum.refused++
		}
		if strings.HasPrefix(answer, "lost ") {
			sum.lost++
		}
	}
}
