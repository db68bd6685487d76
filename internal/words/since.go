package words

import (
	"time"

	"lockbar/lockcore"
)

// SinceMinutes is Since for somebody who looks now, in minutes at the finest: "since 09:14, 2 min".
func SinceMinutes(r lockcore.Record, now time.Time) string {
	return "since " + taken(r, now, ", %s", Minutes)
}

// SinceHours is Since for a text that stays for a while and is still true then. It leaves out the age of the first hour:
// "since 09:14", then "since 09:14, 3 h".
func SinceHours(r lockcore.Record, now time.Time) string {
	return "since " + taken(r, now, "%s", func(age time.Duration) string {
		if age < time.Hour {
			return ""
		}
		return ", " + Age(age)
	})
}

// Minutes is Age without seconds.
func Minutes(d time.Duration) string {
	if d < time.Minute {
		return "just now"
	}
	return Age(d)
}
