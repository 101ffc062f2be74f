package channel

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
)

// Fault is something wrong with an exported log.
type Fault struct {
	File string `json:"file"`
	// Entry is the id of the entry that the file holds or should hold, if it
	// is an entry's.
	Entry   string `json:"entry"`
	Problem string `json:"problem"`
}

// Verification is what VerifyExport found.
type Verification struct {
	Entries int     `json:"entries"` // that verify
	Authors int     `json:"authors"` // of these
	OK      bool    `json:"ok"`
	Faults  []Fault `json:"faults"`

	// Channel is the channel's name, zero if the charter does not verify. An
	// export proves what it holds about this channel; whether it is the right
	// channel, its reader must know from elsewhere.
	Channel ID `json:"-"`
	// Forks are proofs against authors. They are no fault of the export.
	Forks []Fork `json:"-"`
}

// VerifyExport verifies an exported log. It needs no key and no network, reads
// one file at a time, and names every file that was changed, is missing, does
// not belong, or can't be read.
func VerifyExport(fsys fs.FS) Verification {
	x := exportCheck{fsys: fsys, digests: map[string]listedFile{}, faulty: map[string]bool{}, founded: foundedBy, verifies: (*unverified).verify}
	return x.verify()
}

// exportCheck is one verification. The two functions are what costs time; a
// test that verifies one export ten thousand times replaces them.
type exportCheck struct {
	fsys     fs.FS
	founded  func(charter []byte) (*keyring, error)
	verifies func(u *unverified, keys *verifier) (*Signed, error)

	digests map[string]listedFile // of the files that could be read
	faults  []Fault
	faulty  map[string]bool
	keyring *keyring
	log     *Log
	files   map[EntryID]string
	held    []*unverified // entries whose author's key has not come yet
}

func foundedBy(data []byte) (*keyring, error) {
	s, err := ParseSignedCharter(data)
	if err != nil {
		return nil, err
	}
	c, err := s.Verify()
	if err != nil {
		return nil, err
	}
	return newKeyring(c)
}

func (x *exportCheck) verify() Verification {
	x.charter()
	x.entries()
	x.manifest()
	v := Verification{Faults: []Fault{}}
	if x.keyring != nil {
		v.Channel = x.keyring.channel
		v.Entries, v.Authors, v.Forks = len(x.log.nodes), len(x.log.heads), x.log.Forks()
	}
	v.Faults = append(v.Faults, x.faults...)
	slices.SortStableFunc(v.Faults, func(a, b Fault) int { return bytes.Compare([]byte(a.File), []byte(b.File)) })
	v.OK = len(v.Faults) == 0
	return v
}

// fault notes what is wrong with a file; what is wrong first is enough.
func (x *exportCheck) fault(file, problem string) {
	if x.faulty[file] {
		return
	}
	x.faulty[file] = true
	f := Fault{File: printable(file), Problem: problem}
	if id, ok := entryOfFile(file); ok {
		f.Entry = id.String()
	}
	x.faults = append(x.faults, f)
}

// printable quotes a file name that could do something to a terminal.
func printable(name string) string {
	if quoted := strconv.QuoteToGraphic(name); quoted != `"`+name+`"` {
		return quoted
	}
	return name
}

func (x *exportCheck) charter() {
	data, ok := x.read(charterFile, MaxCharter)
	if !ok {
		return
	}
	r, err := x.founded(data)
	if err != nil {
		x.fault(charterFile, err.Error())
		return
	}
	x.keyring, x.log = r, unboundedLog(r)
}

// entries reads everything else that is in the folder.
func (x *exportCheck) entries() {
	list, err := fs.ReadDir(x.fsys, ".")
	if err != nil {
		x.fault(".", "the folder can't be read")
	}
	x.files = map[EntryID]string{}
	for _, d := range list {
		name := d.Name()
		if name == charterFile || name == manifestFile {
			continue
		}
		if id, ok := entryOfFile(name); !ok {
			x.fault(name, "it does not belong here")
		} else {
			x.files[id] = name
			x.entry(name)
		}
	}
	if x.log == nil {
		return
	}
	x.strangers()
	for id := range x.log.waiting.held {
		x.fault(x.files[id], "entries that it names are missing")
	}
}

func (x *exportCheck) entry(name string) {
	data, ok := x.read(name, MaxEntry)
	if !ok || x.keyring == nil {
		return
	}
	u, err := x.keyring.read(data)
	if err != nil {
		x.fault(name, err.Error())
		return
	}
	if entryFile(u.Signed) != name {
		x.fault(name, "it holds another entry, "+u.ID.String())
		return
	}
	if !x.insert(name, u) {
		x.held = append(x.held, u)
	}
}

// insert verifies an entry and puts it in the log; false if its author's key is
// not known yet.
func (x *exportCheck) insert(name string, u *unverified) bool {
	keys := x.log.brought[u.Author]
	if seat, ok := x.keyring.seats[u.Author]; ok {
		keys = seat.keys
	}
	if keys == nil {
		return false
	}
	s, err := x.verifies(u, keys)
	if err == nil {
		_, err = x.log.insert(s)
	}
	if err != nil {
		x.fault(name, err.Error())
	}
	return true
}

// strangers goes on while changes of roster bring keys.
func (x *exportCheck) strangers() {
	for before := -1; before != len(x.held); {
		before = len(x.held)
		x.held = slices.DeleteFunc(x.held, func(u *unverified) bool { return x.insert(x.files[u.ID], u) })
	}
	for _, u := range x.held {
		x.fault(x.files[u.ID], "it is by nobody on the roster")
	}
}

// manifest checks what was read against what the exporter signed.
func (x *exportCheck) manifest() {
	data, ok := x.read(manifestFile, MaxManifest)
	if !ok {
		return
	}
	m, s, err := parseManifest(data)
	if err != nil {
		x.fault(manifestFile, err.Error())
		return
	}
	listed := map[string]bool{}
	for _, f := range m.Files {
		listed[f.Name] = true
		x.compare(f)
	}
	for name := range x.digests {
		if !listed[name] && name != manifestFile {
			x.fault(name, "it is not in the manifest")
		}
	}
	if x.keyring == nil {
		return
	}
	if err := x.checkExporter(m, s); err != nil {
		x.fault(manifestFile, err.Error())
	}
}

func (x *exportCheck) checkExporter(m *manifest, s *signedManifest) error {
	exporter, ok := x.log.room.Seat(m.Exporter)
	if !ok || exporter.Principal {
		return errors.New("the exporter is no device of the channel")
	}
	if m.Channel != x.keyring.channel {
		return errors.New("it is another channel's")
	}
	if err := VerifyAs(exporter.Member.Signing, contextExport, s.Raw, s.Signature); err != nil {
		return err
	}
	for _, e := range x.log.Entries() {
		if e.Withheld && !exporter.isWithheld(e.Kind) {
			x.fault(entryFile(e), "what it says is missing")
		}
	}
	if len(x.faults) == 0 && !slices.Equal(m.Heads, x.log.Heads()) {
		return errors.New("it names other heads than the entries have")
	}
	return nil
}

func (x *exportCheck) compare(f listedFile) {
	if got, ok := x.digests[f.Name]; !ok {
		x.fault(f.Name, "it is missing")
	} else if got != f {
		x.fault(f.Name, "it was changed: its digest is not the one in the manifest")
	}
}

// read reads a regular file of a bounded size and notes its digest.
func (x *exportCheck) read(name string, most int64) ([]byte, bool) {
	data, err := readFile(x.fsys, name, most)
	if err != nil {
		x.fault(name, err.Error())
		return nil, false
	}
	x.digests[name] = listedFile{Name: name, Size: uint64(len(data)), Digest: sha256.Sum256(data)}
	return data, true
}

func readFile(fsys fs.FS, name string, most int64) ([]byte, error) {
	info, err := lstat(fsys, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("it is missing")
	}
	if err != nil {
		return nil, errors.New("it can't be read")
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is not a regular file")
	}
	f, err := fsys.Open(name)
	if err != nil {
		return nil, errors.New("it can't be read")
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return nil, errors.New("it can't be read")
	}
	if len(data) == 0 {
		return nil, errors.New("it is empty")
	}
	if int64(len(data)) > most {
		return nil, fmt.Errorf("it has more than %d bytes", most)
	}
	return data, nil
}

// lstat does not follow a link, where the file system can tell.
func lstat(fsys fs.FS, name string) (fs.FileInfo, error) {
	if l, ok := fsys.(fs.ReadLinkFS); ok {
		return l.Lstat(name)
	}
	return fs.Stat(fsys, name)
}

// ExportedEntries reads the signed entries of an exported log, ancestors first.
// It verifies nothing: see [VerifyExport].
func ExportedEntries(fsys fs.FS) ([][]byte, error) {
	x := exportCheck{fsys: fsys, digests: map[string]listedFile{}, faulty: map[string]bool{}, founded: foundedBy, verifies: (*unverified).verify}
	x.charter()
	x.entries()
	if len(x.faults) > 0 {
		return nil, fmt.Errorf("%s: %s", x.faults[0].File, x.faults[0].Problem)
	}
	var out [][]byte
	for _, e := range x.log.Entries() {
		out = append(out, e.Raw)
	}
	return out, nil
}
