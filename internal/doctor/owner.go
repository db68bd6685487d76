package doctor

import (
	"context"

	"lockbar/internal/state"
)

func (s Subject) machine(context.Context) []Check { return checkMachine(s.Place) }

// checkMachine says which machine this is: where several share a home directory, what each keeps lies apart.
func checkMachine(p state.Dir) []Check {
	switch {
	case p.Problem != nil:
		return one("machine", Warn, "This machine is %s. Whose the state directory %s is cannot be told (%s), so this machine keeps its state in %s; "+
			"if no other machine uses it, remove that file", p.Machine, shown(p.Given), shown(p.Problem.Error()), shown(p.Path))
	case p.Foreign():
		return one("machine", Pass, "This machine is %s. The state directory %s belongs to the machine %s, so this one keeps its state in %s",
			p.Machine, shown(p.Given), p.Owner, shown(p.Path))
	}
	return one("machine", Pass, "This machine is %s", p.Machine)
}
