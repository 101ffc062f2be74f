package main

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// terminal looks whether names in other scripts can be shown. No fault: parley
// writes UTF-8 whatever the terminal says.
func (a *app) terminal() check {
	c := check{Name: "terminal", OK: true, Detail: "UTF-8"}
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return c
	}
	coding := strings.ToUpper(cmp.Or(a.env("LC_ALL"), a.env("LC_CTYPE"), a.env("LANG")))
	if !strings.Contains(coding, "UTF-8") && !strings.Contains(coding, "UTF8") {
		c.Detail = "does not say that it shows UTF-8"
		c.Hint = "where names look broken: export LC_ALL=C.UTF-8, and a font with the scripts that you need"
	}
	return c
}

// permissions looks whether others on this machine may read the desk's folder,
// or what lies in it.
func permissions(home string) check {
	c := check{Name: "folder", OK: true, Detail: home}
	if runtime.GOOS == "windows" {
		return c
	}
	paths, _ := filepath.Glob(filepath.Join(home, "*"))
	for _, path := range append([]string{home}, paths...) {
		info, err := os.Stat(path)
		if err != nil {
			continue
		}
		if mode := info.Mode().Perm(); mode&0o077 != 0 {
			c.OK, c.Detail = false, fmt.Sprintf("%s may be read by others (mode %o)", path, mode)
			c.Hint = "chmod -R go= " + home
			return c
		}
	}
	return c
}

// least is the room that a desk should have left: a log of years is some
// hundred megabytes, and a change writes what it changes twice.
const least = 256 << 20

// space looks whether the desk's disk has room for what is to come.
func space(home string) check {
	free, known := diskFree(home)
	switch {
	case !known:
		return check{"disk", true, "can't be asked here", ""}
	case free < least:
		return check{"disk", false, fmt.Sprintf("%d MiB are left", free>>20), "make room: a change that can't be written whole is not made at all"}
	}
	return check{"disk", true, fmt.Sprintf("%d MiB are left", free>>20), ""}
}

// keyFiles look at a principal's keys, and at the file that opens them, where they
// are named.
func (a *app) keyFiles(keys []string) []check {
	var out []check
	for _, file := range keys {
		out = append(out, private("key", file, "see that the name is right: --key names a principal's key file"))
	}
	if file := cmp.Or(a.keyPass, a.env("PARLEY_KEY_PASSPHRASE_FILE")); file != "" {
		out = append(out, private("key passphrase", file, "name another with --key-passphrase-file or PARLEY_KEY_PASSPHRASE_FILE, or none, to be asked"))
	}
	return out
}

// passphraseFile looks at the file that opens the desk, where one is named.
func (a *app) passphraseFile() check {
	file := cmp.Or(a.passFile, a.env("PARLEY_PASSPHRASE_FILE"))
	if file == "" {
		return check{"passphrase", true, "no file is named for it", ""}
	}
	return private("passphrase", file, "name another with --passphrase-file or PARLEY_PASSPHRASE_FILE, or none, to be asked")
}

// private looks whether others on this machine may read a file that is named for
// a secret.
func private(name, file, gone string) check {
	info, err := os.Stat(file)
	switch {
	case err != nil:
		return check{name, false, "the file that is named for it can't be read", gone}
	case othersRead(info):
		return check{name, false, fmt.Sprintf("the file that is named for it may be read by others (mode %o)", info.Mode().Perm()), "chmod 600 " + file}
	}
	return check{name, true, "from a file that others can't read", ""}
}

// othersRead tells whether others on this machine may read or change a file. On
// Windows its mode does not say.
func othersRead(info os.FileInfo) bool {
	return runtime.GOOS != "windows" && info.Mode().IsRegular() && info.Mode().Perm()&0o077 != 0
}
