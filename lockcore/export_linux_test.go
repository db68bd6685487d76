package lockcore

var (
	ParseStat      = parseStat
	IsThreadStatus = isThreadStatus
)
