package lockcore

// OnStep calls f between the steps of every change.
func (s *Store) OnStep(f func(step string)) { s.step = f }

// BlockReads makes every read of the lock call f first, as a dead mount would keep it.
func (s *Store) BlockReads(f func()) {
	read := s.read
	s.read = func(path string) file {
		f()
		return read(path)
	}
}

// WithoutExchange makes the takeover of a lock work as on systems that cannot swap two names.
func (s *Store) ReplaceInSteps(data []byte, old Token) error {
	temp, err := s.writeTemp(s.dir, tempPrefix, data)
	if err != nil {
		return err
	}
	return s.replaceInSteps(temp, old)
}

// PublishCopy publishes as on file systems without hard links and without a rename that does not replace.
func (s *Store) PublishCopy(data []byte) error {
	temp, err := s.writeTemp(s.dir, tempPrefix, data)
	if err != nil {
		return err
	}
	return s.publishCopy(temp, nil)
}

var (
	TokenOf        = tokenOf
	ParseStat      = parseStat
	IsThreadStatus = isThreadStatus
	Superseded     = superseded
)

const KeptBackups = keptBackups
