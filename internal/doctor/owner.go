package doctor

import (
	"context"

	"lockbar/internal/statedir"
)

func (s Subject) machine(context.Context) []Check { return checkMachine(s.Place) }

// checkMachine says which machine this is: where several share a home directory, what each keeps lies apart.
func checkMachine(p statedir.Place) []Check {
	switch {
	case p.Problem != nil:
		return one("machine", Warn, "This machine is %s. Whose the state directory %s is cannot be told (%s), so this machine keeps its state in %s; "+
			"if no other machine uses it, remove that file", p.Machine, shown(p.Given), shown(p.Problem.Error()), shown(p.Dir))
	case p.Foreign():
		return one("machine", Pass, "This machine is %s. The state directory %s belongs to the machine %s, so this one keeps its state in %s",
			p.Machine, shown(p.Given), p.Owner, shown(p.Dir))
	}
	return one("machine", Pass, "This machine is %s", p.Machine)
}
