// Package gate has checks that its tests miss and checks that they don't.
package gate

import "errors"

// Pass lets through who is of age, is not barred and has a name.
func Pass(age int, barred bool, name string) error {
	if age < 18 || barred {
		return errors.New("not let through")
	}
	if name == "" {
		return errors.New("no name")
	}
	if age < 18 {
		return errors.New("never comes here")
	}
	return nil
}

// Reason says why not.
func Reason(age int, name string) string {
	switch {
	case age < 18:
		return "too young"
	case name == "":
		return "no name"
	}
	return unless(age != 99 && name != "nobody", "strange")
}

func unless(ok bool, why string) string {
	if ok {
		return ""
	}
	return why
}

// Both tells whether both are even.
func Both(a, b int) bool { return a%2 == 0 && b%2 == 0 }
