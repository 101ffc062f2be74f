package channel

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// An exported log is a folder without folders: the charter, one file for each
// entry, and a manifest that lists them all and is signed by the device that
// exported them.
const (
	charterFile  = "charter.parley"
	manifestFile = "manifest.parley"
	entryPrefix  = "entry-"
	entrySuffix  = ".parley"

	// MaxManifest bounds a manifest file.
	MaxManifest = 16 << 20

	contextExport = "export"
)

// manifest lists the files of an export.
type manifest struct {
	_        struct{} `cbor:",toarray"`
	Version  uint64
	Suite    uint64
	Channel  ID
	Exporter MemberID
	// Made is when, in Unix seconds, as the exporter says.
	Made int64
	// Heads are those of the exported log, ascending.
	Heads []EntryID
	// Files are all files but the manifest, by name.
	Files []listedFile
}

type listedFile struct {
	_      struct{} `cbor:",toarray"`
	Name   string
	Size   uint64
	Digest [32]byte // SHA-256
}

// signedManifest is the manifest file.
type signedManifest struct {
	_         struct{} `cbor:",toarray"`
	Raw       []byte
	Signature Signature
}

// Export makes the files of a log, by name: everything that a third needs to
// verify it, without a key and without a network. The files hold every body in
// clear that the exporter has, and not the channel's secret.
//
// The entries must be whole: every ancestor of each must be among them. The
// signer is a device of the channel.
func Export(signed *SignedCharter, entries []*Signed, signer *SigningKey, now time.Time) (map[string][]byte, error) {
	c, err := signed.Verify()
	if err != nil {
		return nil, err
	}
	log, err := wholeLog(c, entries)
	if err != nil {
		return nil, err
	}
	if seat, ok := log.room.Seat(signer.ID()); !ok || seat.Principal {
		return nil, errors.New("the exporting key is no device's of this channel")
	}
	files := map[string][]byte{}
	if files[charterFile], err = signed.WithoutSecret().Encode(); err != nil {
		return nil, err
	}
	for _, e := range log.Entries() {
		files[entryFile(e)] = e.Raw
	}
	m := manifest{
		Version: Version, Suite: Suite, Channel: c.ID(), Exporter: signer.ID(), Made: now.Unix(),
		Heads: log.Heads(), Files: listFiles(files),
	}
	files[manifestFile], err = signManifest(m, signer)
	return files, err
}

func wholeLog(c *Charter, entries []*Signed) (*Log, error) {
	k, err := newKeyring(c)
	if err != nil {
		return nil, err
	}
	log := unboundedLog(k)
	for _, e := range entries {
		if _, err := log.Add(e.Raw); err != nil {
			return nil, fmt.Errorf("entry %s: %w", e.ID, err)
		}
	}
	if gaps := log.Missing(); len(gaps) > 0 {
		return nil, fmt.Errorf("entry %s is missing", gaps[0])
	}
	if len(log.strangers) > 0 {
		return nil, fmt.Errorf("entry %s is by nobody on the roster", log.strangers[0].ID)
	}
	return log, nil
}

// unboundedLog holds any number of entries, with their bodies or without: they
// are all here already.
func unboundedLog(k *keyring) *Log {
	l := newLog(k, Seat{}, limits{math.MaxInt, math.MaxInt})
	l.anyBody = true
	return l
}

// entryFile names the author, the number and the entry, so that a file that
// can't be read can still be named.
func entryFile(e *Signed) string {
	return fmt.Sprintf("%s%s-%06d-%s%s", entryPrefix, e.Author.String()[:16], e.Number, e.ID, entrySuffix)
}

// entryOfFile reads an entry's id out of its file's name.
func entryOfFile(name string) (EntryID, bool) {
	name, hasPrefix := strings.CutPrefix(name, entryPrefix)
	name, hasSuffix := strings.CutSuffix(name, entrySuffix)
	parts := strings.Split(name, "-")
	if !hasPrefix || !hasSuffix || len(parts) != 3 {
		return EntryID{}, false
	}
	id, err := ParseEntryID(parts[2])
	return id, err == nil
}

func listFiles(files map[string][]byte) []listedFile {
	var list []listedFile
	for name, data := range files {
		list = append(list, listedFile{Name: name, Size: uint64(len(data)), Digest: sha256.Sum256(data)})
	}
	slices.SortFunc(list, byName)
	return list
}

func byName(a, b listedFile) int { return strings.Compare(a.Name, b.Name) }

func signManifest(m manifest, signer *SigningKey) ([]byte, error) {
	if err := m.check(); err != nil {
		return nil, err
	}
	raw, err := Marshal(m)
	if err != nil {
		return nil, err
	}
	s, err := signer.SignAs(contextExport, raw)
	if err != nil {
		return nil, err
	}
	return Marshal(signedManifest{Raw: raw, Signature: s})
}

// parseManifest reads a manifest file. Whose signature it is, and whether it
// holds, is for who knows the charter.
func parseManifest(data []byte) (*manifest, *signedManifest, error) {
	var s signedManifest
	if err := Unmarshal(data, &s); err != nil {
		return nil, nil, err
	}
	var m manifest
	if err := Unmarshal(s.Raw, &m); err != nil {
		return nil, nil, err
	}
	return &m, &s, m.check()
}

func (m *manifest) check() error {
	if err := checkVersion(m.Version, m.Suite); err != nil {
		return err
	}
	if m.Made < 0 {
		return errors.New("made before 1970")
	}
	for i, head := range m.Heads {
		if i > 0 && m.Heads[i-1].Compare(head) >= 0 {
			return errors.New("heads are not in order")
		}
	}
	for i, f := range m.Files {
		if _, ok := entryOfFile(f.Name); !ok && f.Name != charterFile {
			return fmt.Errorf("file %d is not one that is exported", i+1)
		}
		if i > 0 && byName(m.Files[i-1], f) >= 0 {
			return errors.New("files are not in order")
		}
	}
	return nil
}
