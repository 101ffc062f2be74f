package casefile

import (
	"bytes"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"golang.org/x/crypto/argon2"
)

// KeyFile is the name of the file in a store's folder that makes the key out of
// the passphrase. A copy of it opens the store until the passphrase is changed.
const KeyFile = "desk.key"

// Names of what a store consists of. Those with a ".new" behind them belong to
// a store whose making was interrupted.
const (
	keyName  = KeyFile     // how the key follows from the passphrase
	dataName = "desk.db"   // the encrypted database
	lockName = "desk.lock" // held by the one process that has the store open
	unmade   = ".new"
)

// storeFormat is the version of the store.
const storeFormat = "store/1"

// cost is what one guess at a passphrase costs.
type cost struct {
	Time    uint32 `json:"time"`
	Memory  uint32 `json:"memory"` // KiB
	Threads uint8  `json:"threads"`
}

// usual is the second choice that RFC 9106, section 4, recommends.
var usual = cost{Time: 3, Memory: 64 << 10, Threads: 4}

// light is for tests alone.
var light = cost{Time: 1, Memory: 64, Threads: 1}

// cost of a guess at the passphrase of a store that is made now.
func (o Options) cost() cost {
	if o.Light {
		return light
	}
	return usual
}

// atLeast is a cost that is below the other in nothing.
func (c cost) atLeast(other cost) cost {
	return cost{Time: max(c.Time, other.Time), Memory: max(c.Memory, other.Memory), Threads: max(c.Threads, other.Threads)}
}

// bearable keeps a foreign header from taking all memory and time.
func (c cost) bearable() bool {
	return c.Time >= 1 && c.Time <= 16 && c.Threads >= 1 && c.Threads <= 16 &&
		c.Memory >= 8*uint32(c.Threads) && c.Memory <= 1<<20
}

// header is the file that stands beside the database. It holds no secret, and
// nothing that anybody could change unnoticed: Check, which the key and the
// other fields make, tells a wrong passphrase, and Sum tells damage from that.
type header struct {
	Parley string `json:"parley"`
	ID     string `json:"id"`
	KDF    string `json:"kdf"`
	cost
	Salt  string `json:"salt"`
	Check string `json:"check"`
	Sum   string `json:"sum"`
}

// keys are what a passphrase opens.
type keys struct {
	data   [32]byte // of the database's pages
	values [32]byte // of each value by itself
	set    [32]byte // of the sum over all values
	id     []byte   // of the store, public
}

// wipe forgets the keys, as far as that lies with us.
func (k *keys) wipe() {
	clear(k.data[:])
	clear(k.values[:])
	clear(k.set[:])
}

// newHeader makes a header with a fresh id and salt, and the keys that follow.
func newHeader(passphrase []byte, c cost) (header, *keys, error) {
	var random [32]byte
	if _, err := rand.Read(random[:]); err != nil {
		return header{}, nil, err
	}
	h := header{
		Parley: storeFormat, KDF: "argon2id", cost: c,
		ID: hex.EncodeToString(random[:16]), Salt: hex.EncodeToString(random[16:]),
	}
	k, check, err := h.derive(passphrase)
	if err != nil {
		return header{}, nil, err
	}
	h.Check = hex.EncodeToString(check)
	h.Sum = h.sum()
	return h, k, nil
}

// derive makes the keys: Argon2id over the passphrase, then HKDF with one label
// for each key, bound to the public fields of the header.
func (h header) derive(passphrase []byte) (*keys, []byte, error) {
	salt, err1 := hex.DecodeString(h.Salt)
	id, err2 := hex.DecodeString(h.ID)
	if err := errors.Join(err1, err2); err != nil || len(salt) != 16 || len(id) != 16 {
		return nil, nil, &Damaged{Where: keyName, Needs: keyName}
	}
	h.Check, h.Sum = "", ""
	root := argon2.IDKey(passphrase, salt, h.Time, h.Memory, h.Threads, 32)
	defer clear(root)
	k := &keys{id: id}
	var check [32]byte
	for label, key := range map[string]*[32]byte{"data": &k.data, "values": &k.values, "set": &k.set, "check": &check} {
		derived, err := hkdf.Expand(sha256.New, root, "parley/v1/store/"+label+"\x00"+string(h.encode()), 32)
		if err != nil {
			return nil, nil, err
		}
		copy(key[:], derived)
		clear(derived)
	}
	return k, check[:], nil
}

// open makes the keys and tells whether the passphrase is the right one.
func (h header) open(passphrase []byte) (*keys, error) {
	k, check, err := h.derive(passphrase)
	if err != nil {
		return nil, err
	}
	want, err := hex.DecodeString(h.Check)
	if err != nil || subtle.ConstantTimeCompare(check, want) != 1 {
		k.wipe()
		return nil, ErrPassphrase
	}
	return k, nil
}

func (h header) sum() string {
	h.Sum = ""
	sum := sha256.Sum256(h.encode())
	return hex.EncodeToString(sum[:])
}

func (h header) encode() []byte {
	data, err := json.Marshal(h)
	if err != nil {
		panic(err) // strings and numbers alone
	}
	return append(data, '\n')
}

// parseHeader reads a header, which must be byte for byte what was written.
func parseHeader(data []byte) (header, error) {
	var h header
	err := json.Unmarshal(data, &h)
	if err == nil && h.Parley != storeFormat && h.Sum == h.sum() {
		return h, fmt.Errorf("%s: a store of the version %q, which is not known here", keyName, h.Parley)
	}
	if err != nil || !bytes.Equal(data, h.encode()) || h.Sum != h.sum() {
		return h, &Damaged{Where: keyName, Needs: keyName}
	}
	if h.Parley != storeFormat || h.KDF != "argon2id" || !h.bearable() {
		return h, fmt.Errorf("%s: asks for a key that is not made here: %s, %d passes over %d KiB", keyName, h.KDF, h.Time, h.Memory)
	}
	return h, nil
}
