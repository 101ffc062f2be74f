package desk

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"parley"
	"parley/casefile"
	"parley/channel"
)

// A backup is a tar archive, sealed as an age file: whose desk it is, and each
// record under its bucket and key. It is written for one purpose, that what the
// desk knows outlives the machine, and holds no key: a desk that is made from it
// has keys of its own, signs nothing before it is enrolled, and so never signs
// against what the lost one signed since.

// backupBuckets are all that a backup holds; of "desk" only backupNames. What is
// not named here stays behind: keys, the outbox, the cursor, the access to relays,
// settlements, which a second copy would spoil, and the whole of the back channel.
var (
	backupBuckets = []string{"desk", entryBucket, reportBucket, registryBucket, instructionBucket, interviewBucket, pressBucket, textBucket}
	backupNames   = []string{"case", "brief", "charter", "relay", "proxy"}
)

func backedUp(bucket, key string) bool {
	return slices.Contains(backupBuckets, bucket) && (bucket != "desk" || slices.Contains(backupNames, key))
}

// parseRecordName takes a name in a backup apart. A bucket's name may begin as
// another's does: the longest that fits is meant.
func parseRecordName(name string) (bucket, key string, ok bool) {
	for _, b := range backupBuckets {
		if k, fits := strings.CutPrefix(name, b+"/"); fits && len(b) > len(bucket) {
			bucket, key = b, k
		}
	}
	return bucket, key, key != "" && backedUp(bucket, key)
}

// backupFormat is the version of what a backup holds.
const (
	backupFormat = "parley/backup/1"
	whoseName    = "whose"
	maxBackup    = 1 << 30 // bytes of an opened backup
)

// whose is an identity without its keys.
type whose struct {
	_            struct{} `cbor:",toarray"`
	Format       string
	Made         int64
	Device       channel.MemberID // whose place the restored desk takes
	Party        parley.PartyID
	Name         string
	Delegate     string
	Office       string
	Principal    channel.Member
	Capabilities []string
	Travelling   bool
	Authority    channel.Authority
	Recovery     channel.Recovery
}

// Backup is what came of a backup, or of a restoration.
type Backup struct {
	Party   parley.PartyID   `json:"party"`
	Name    string           `json:"name"`
	Device  channel.MemberID `json:"device"` // that the backup was made by
	Made    time.Time        `json:"made"`
	Records int              `json:"records"`
	Lost    []string         `json:"lost"`   // of a damaged store
	Digest  parley.Digest    `json:"digest"` // of the sealed file
}

// Backup seals what this desk knows to age recipients.
func (d *Desk) Backup(ctx context.Context, recipients []string) ([]byte, Backup, error) {
	var records []record
	err := d.store.View(ctx, func(tx *casefile.Tx) error {
		for _, bucket := range backupBuckets {
			if err := tx.Each(bucket, func(key string, value []byte) error {
				if backedUp(bucket, key) {
					records = append(records, record{bucket, key, value})
				}
				return nil
			}); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, Backup{}, err
	}
	return sealBackup(d.id, records, recipients, d.around.Now())
}

// Salvage makes a backup of a store that may be damaged, of all that can be read
// in it, and names what can't.
func Salvage(ctx context.Context, home string, passphrase []byte, recipients []string, s Surroundings) ([]byte, Backup, error) {
	var records []record
	var id identity
	known := errors.New("the record of whose desk it is can't be read")
	lost, err := casefile.Salvage(ctx, home, passphrase, func(bucket, key string, value []byte) {
		if bucket == "desk" && key == "identity" {
			known = channel.Unmarshal(value, &id)
		}
		if backedUp(bucket, key) {
			records = append(records, record{bucket, key, value})
		}
	})
	if err != nil {
		return nil, Backup{}, err
	}
	if known != nil {
		return nil, Backup{Lost: lost}, fmt.Errorf("salvaging %s: %w", home, known)
	}
	slices.SortFunc(records, func(a, b record) int { return strings.Compare(a.name(), b.name()) })
	file, b, err := sealBackup(id, records, recipients, s.complete().Now())
	b.Lost = list(lost)
	return file, b, err
}

// record is one record of a store.
type record struct {
	bucket, key string
	value       []byte
}

func (r record) name() string { return r.bucket + "/" + r.key }

func sealBackup(id identity, records []record, recipients []string, now time.Time) ([]byte, Backup, error) {
	key, err := channel.ParseSigningKey(id.Signing)
	if err != nil {
		return nil, Backup{}, err
	}
	w := whose{
		Format: backupFormat, Made: now.Unix(), Device: key.ID(), Party: id.Party, Name: id.Name, Delegate: id.Delegate, Office: id.Office,
		Principal: id.Principal, Capabilities: id.Capabilities, Travelling: id.Travelling, Authority: id.Authority, Recovery: id.Recovery,
	}
	head, err := channel.Marshal(w)
	if err != nil {
		return nil, Backup{}, err
	}
	var open bytes.Buffer
	to := tar.NewWriter(&open)
	for _, r := range append([]record{{"desk", whoseName, head}}, records...) {
		if err := writeTar(to, r.name(), r.value, now); err != nil {
			return nil, Backup{}, err
		}
	}
	if err := to.Close(); err != nil {
		return nil, Backup{}, err
	}
	sealed, err := SealTo(strings.Join(recipients, "\n"), open.Bytes())
	if err != nil {
		return nil, Backup{}, inputError{err}
	}
	return sealed, w.told(len(records), sealed), nil
}

func writeTar(to *tar.Writer, name string, data []byte, now time.Time) error {
	if err := to.WriteHeader(&tar.Header{Name: name, Size: int64(len(data)), Mode: 0o600, ModTime: now.Truncate(time.Second)}); err != nil {
		return err
	}
	_, err := to.Write(data)
	return err
}

func (w whose) told(records int, sealed []byte) Backup {
	return Backup{
		Party: w.Party, Name: w.Name, Device: w.Device, Made: time.Unix(w.Made, 0).UTC(), Records: records,
		Lost: []string{}, Digest: DigestOfBackup(sealed),
	}
}

// NewBackupKey makes a key for backups: a file that is kept where the desk is
// not, and the recipient that backups are sealed to. It is hybrid, so that a
// quantum computer that comes later opens no backup that was copied today.
func NewBackupKey() (file []byte, recipient string, err error) {
	k, err := age.GenerateHybridIdentity()
	if err != nil {
		return nil, "", err
	}
	recipient = k.Recipient().String()
	return fmt.Appendf(nil, "# public key: %s\n%s\n", recipient, k), recipient, nil
}

// openBackup opens a backup with an age identity file.
func openBackup(sealed, identities []byte) (w whose, records []record, err error) {
	keys, err := age.ParseIdentities(bytes.NewReader(identities))
	if err != nil {
		return w, nil, wrong("this is not an age identity file")
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), keys...)
	if err != nil {
		return w, nil, wrong("the backup does not open with this key: %w", err)
	}
	open, err := io.ReadAll(io.LimitReader(r, maxBackup+1))
	if err != nil {
		return w, nil, wrong("the backup is damaged")
	}
	if len(open) > maxBackup {
		return w, nil, wrong("the backup is longer than %d bytes", maxBackup)
	}
	return readBackup(open)
}

// readBackup reads an opened backup. It may be anybody's: an age recipient is
// public.
func readBackup(open []byte) (w whose, records []record, err error) {
	from := tar.NewReader(bytes.NewReader(open))
	for {
		h, err := from.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || h.Typeflag != tar.TypeReg {
			return w, nil, wrong("the backup is not one that parley wrote")
		}
		value, err := io.ReadAll(from)
		if err != nil {
			return w, nil, wrong("the backup is not one that parley wrote")
		}
		if h.Name == "desk/"+whoseName {
			if err := channel.Unmarshal(value, &w); err != nil || w.Format != backupFormat {
				return w, nil, wrong("the backup is of a version that is not known here")
			}
			continue
		}
		bucket, key, ok := parseRecordName(h.Name)
		if !ok {
			return w, nil, wrong("the backup holds something that no backup may hold")
		}
		records = append(records, record{bucket, key, value})
	}
	if w.Format == "" {
		return w, nil, wrong("the backup does not say whose desk it is of")
	}
	return w, records, nil
}

// Restore makes a desk from a backup in a folder that has none. It has keys of
// its own and the old one's knowledge: it reads at once, and signs when it is
// enrolled.
func Restore(ctx context.Context, home string, passphrase, sealed, identities []byte, s Surroundings) (Backup, error) {
	w, records, err := openBackup(sealed, identities)
	if err != nil {
		return Backup{}, err
	}
	d, err := Create(ctx, home, passphrase, Founding{
		Party: w.Party, Capabilities: w.Capabilities, Name: w.Name, Delegate: w.Delegate, Office: w.Office, Travelling: w.Travelling,
	}, s)
	if err != nil {
		return Backup{}, err
	}
	err = d.takeOver(ctx, w, records)
	if err == nil {
		err = d.load(ctx) // what can't be read is no desk
	}
	if err := errors.Join(err, d.Close()); err != nil {
		return Backup{}, errors.Join(err, casefile.Destroy(home, s.store()))
	}
	return w.told(len(records), sealed), nil
}

func (d *Desk) takeOver(ctx context.Context, w whose, records []record) error {
	d.id.Principal, d.id.Authority, d.id.Recovery = w.Principal, w.Authority, w.Recovery
	id, err := channel.Marshal(d.id)
	if err != nil {
		return err
	}
	return d.store.Update(ctx, func(tx *casefile.Tx) error {
		for _, r := range records {
			if err := restoreRecord(tx, r); err != nil {
				return err
			}
		}
		return tx.Put("desk", "identity", id)
	})
}

// DigestOfBackup is what a sealed backup is noted by.
func DigestOfBackup(sealed []byte) parley.Digest { return parley.Digest(sha256.Sum256(sealed)) }

// ChangePassphrase seals a desk's store anew under another passphrase.
func ChangePassphrase(ctx context.Context, home string, passphrase, another []byte, s Surroundings) error {
	return casefile.ChangePassphrase(ctx, home, passphrase, another, s.store())
}

// Destroy takes a desk away for good, its keys first. See casefile.Destroy.
func Destroy(home string, s Surroundings) error { return casefile.Destroy(home, s.store()) }

// restoreRecord puts a record back: what has a number as its key was appended, and
// is again, so that the numbers go on from there.
func restoreRecord(tx *casefile.Tx, r record) error {
	if len(r.key) == len(casefile.NumberKey(0)) && strings.Trim(r.key, "0123456789") == "" {
		_, err := tx.Append(r.bucket, r.value)
		return err
	}
	return tx.Put(r.bucket, r.key, r.value)
}
