package parley

import (
	"crypto/sha256"
	"encoding/binary"
	"slices"
)

// Exchange is a set of persons and groups released together, ids ascending,
// none twice.
type Exchange []PersonID

// NewExchange sorts the ids and drops repetitions.
func NewExchange(ids ...PersonID) Exchange {
	x := slices.Clone(ids)
	slices.Sort(x)
	return Exchange(slices.Compact(x))
}

// Has tells whether id is released.
func (x Exchange) Has(id PersonID) bool {
	_, ok := slices.BinarySearch(x, id)
	return ok
}

// Resolved is an offer with nothing left open: which of its optional entries
// stand, and who fills each blank. It is what a party accepts and what is
// sealed, and is named by its digest.
type Resolved struct {
	_       struct{} `cbor:",toarray"`
	Offer   Ref
	Case    Digest   // the version of the case that the offer stands on
	Release Exchange // blanks already replaced by those who fill them
	Named   []Naming // ascending by Blank
}

// Naming says who fills a blank.
type Naming struct {
	_      struct{} `cbor:",toarray"`
	Blank  PersonID
	Person PersonID
}

// Digest names the resolved exchange: SHA-256 over the label
// "parley/v1/exchange" and a zero byte, the offer, the case version, and then,
// each behind its length, the released ids and the namings, the two lists
// behind their counts.
func (r Resolved) Digest() Digest {
	h := sha256.New()
	h.Write([]byte("parley/v1/exchange\x00"))
	h.Write(r.Offer[:])
	h.Write(r.Case[:])
	text := func(s PersonID) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(s)))
		h.Write(n[:])
		h.Write([]byte(s))
	}
	count := func(n int) {
		var b [8]byte
		binary.BigEndian.PutUint64(b[:], uint64(n))
		h.Write(b[:])
	}
	count(len(r.Release))
	for _, id := range r.Release {
		text(id)
	}
	count(len(r.Named))
	for _, n := range r.Named {
		text(n.Blank)
		text(n.Person)
	}
	return Digest(h.Sum(nil))
}

// DigestOfCase names a version of a case: SHA-256 over the label
// "parley/v1/case", a zero byte, the digest of the version that it replaces (32
// zero bytes for a first) and the file's bytes as they were sent. So each version
// has one line of ancestors, and no version can come round to itself.
func DigestOfCase(previous Digest, file []byte) Digest {
	h := sha256.New()
	h.Write([]byte("parley/v1/case\x00"))
	h.Write(previous[:])
	h.Write(file)
	return Digest(h.Sum(nil))
}
