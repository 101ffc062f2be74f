package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"parley/casefile"
	"parley/desk"
	people "parley/names"
)

const maxBackupFile = 1<<30 + 1<<28 // sealed

func (a *app) backupCommand() *cobra.Command {
	var to []string
	var newKey string
	var salvage bool
	c := &cobra.Command{
		Use:   "backup FILE --to RECIPIENT | --new-key FILE",
		Short: "Seal what this desk knows to an age key, to be kept elsewhere",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case newKey != "" && len(args)+len(to) == 0:
				return a.newBackupKey(newKey)
			case newKey != "" || len(args) == 0 || len(to) == 0:
				return usage(fmt.Errorf("name the file to write and a recipient with --to, or the key to make with --new-key alone"))
			case casefile.IsFile(args[0]):
				return usage(fmt.Errorf("%s is there already", args[0]))
			}
			file, b, err := a.makeBackup(c, to, salvage)
			if err != nil {
				return err
			}
			if err := casefile.WriteFile(args[0], file, 0o600); err != nil {
				return err
			}
			return a.tellBackup(args[0], b)
		},
	}
	c.Flags().StringSliceVar(&to, "to", nil, "age recipient: age1…")
	c.Flags().StringVar(&newKey, "new-key", "", "make a key for backups in this file")
	c.Flags().BoolVar(&salvage, "salvage", false, "take what can be read of a damaged store")
	return c
}

func (a *app) newBackupKey(path string) error {
	file, recipient, err := desk.NewBackupKey()
	if err != nil {
		return err
	}
	if err := casefile.WriteFile(path, file, 0o600); err != nil {
		return err
	}
	return a.print(map[string]string{"file": path, "recipient": recipient}, func(w *words) {
		w.line("%s", recipient)
		a.tell("The key that opens backups is in %s: keep it where the desk is not.", path)
	})
}

func (a *app) makeBackup(c *cobra.Command, to []string, salvage bool) (file []byte, b desk.Backup, err error) {
	if !salvage {
		err = a.withDesk(c.Context(), func(d *desk.Desk) error {
			file, b, err = d.Backup(c.Context(), to)
			return err
		})
		return file, b, err
	}
	home, pass, err := a.opening(c.Context())
	if err != nil {
		return nil, b, err
	}
	defer clear(pass)
	return desk.Salvage(c.Context(), home, pass, to, a.surroundings())
}

func (a *app) tellBackup(path string, b desk.Backup) error {
	err := a.print(struct {
		File      string `json:"file"`
		ReadAloud string `json:"read_aloud"`
		desk.Backup
	}{path, people.ReadAloud(b.Digest), b}, func(w *words) {
		w.line("The backup of the desk of %s is in %s (%d records).", b.Name, path, b.Records)
		w.line("digest  %s", people.ReadAloud(b.Digest))
		for _, lost := range b.Lost {
			w.line("lost: %s", lost)
		}
	})
	if err == nil && len(b.Lost) > 0 {
		return errFindings
	}
	return err
}

func (a *app) restoreCommand() *cobra.Command {
	var identity, digest string
	c := &cobra.Command{
		Use:   "restore FILE --identity KEY",
		Short: "Make a new desk from a backup",
		Args:  cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			sealed, err := casefile.ReadFile(args[0], maxBackupFile)
			if err != nil {
				return usage(err)
			}
			key, err := casefile.ReadFile(identity, maxPassphrase)
			if err != nil {
				return usage(err)
			}
			defer clear(key)
			if want := strings.Join(strings.Fields(digest), ""); want != "" && want != strings.ReplaceAll(people.ReadAloud(desk.DigestOfBackup(sealed)), " ", "") {
				return usage(fmt.Errorf("%s: this is not the backup whose digest was noted", args[0]))
			}
			return a.restore(c, sealed, key)
		},
	}
	c.Flags().StringVar(&identity, "identity", "", "file with the age key that opens the backup")
	c.Flags().StringVar(&digest, "digest", "", "the thirty digits that the backup was noted by")
	_ = c.MarkFlagRequired("identity")
	return c
}

func (a *app) restore(c *cobra.Command, sealed, key []byte) error {
	home, err := a.homeDir()
	if err != nil {
		return err
	}
	if casefile.Exists(home) {
		return fmt.Errorf("%s: %w", home, casefile.ErrExists)
	}
	pass, err := a.deskPassphrase(c.Context(), "new passphrase for the desk", true)
	if err != nil {
		return err
	}
	defer clear(pass)
	a.warnOfShort(pass)
	b, err := desk.Restore(c.Context(), home, pass, sealed, key, a.surroundings())
	if err != nil {
		return err
	}
	return a.print(struct {
		Home      string `json:"home"`
		ReadAloud string `json:"read_aloud"`
		desk.Backup
	}{home, people.ReadAloud(b.Digest), b}, func(w *words) {
		w.line("A desk for %s stands in %s, with what was known on %s (%d records) and new keys.", b.Name, home, b.Made.Format("2006-01-02 15:04 MST"), b.Records)
		w.line("digest  %s", people.ReadAloud(b.Digest))
		w.line("It signs nothing before it is enrolled in the place of device %s: parley channel card.", short(b.Device.String()))
	})
}
