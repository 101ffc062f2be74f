package casefile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"parley"
	people "parley/names"
)

// Reviews are kept in files of their own, review/1, in JSON: the digests of the
// two lists and the statements in order. Nothing is ever taken out of one.

// MaxReview bounds the file of a review.
const MaxReview = 64 << 20

// ErrOtherLists is a review that was made on other lists.
var ErrOtherLists = errors.New("these decisions were made on other lists, or these lists have changed since")

type reviewFile struct {
	Parley     string             `json:"parley"`
	A          string             `json:"a"` // digests
	B          string             `json:"b"`
	Statements []people.Statement `json:"statements"`
}

// ReadReview reads the statements of a review of two lists, none where there is
// no file yet.
func ReadReview(path string, a, b parley.Digest) ([]people.Statement, error) {
	data, err := ReadFile(path, MaxReview)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var f reviewFile
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&f); err != nil {
		return nil, &fs.PathError{Op: "reading", Path: path, Err: fmt.Errorf("not a review/1: %w", err)}
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, &fs.PathError{Op: "reading", Path: path, Err: errors.New("not a review/1: something follows it")}
	}
	if f.Parley != "review/1" {
		return nil, &fs.PathError{Op: "reading", Path: path, Err: errors.New("not a review/1")}
	}
	if f.A != a.String() || f.B != b.String() {
		return nil, &fs.PathError{Op: "reading", Path: path, Err: ErrOtherLists}
	}
	if err := people.CheckDecisions(f.Statements); err != nil {
		return nil, &fs.PathError{Op: "reading", Path: path, Err: err}
	}
	return f.Statements, nil
}

// WriteReview writes the statements of a review, all or nothing.
func WriteReview(path string, a, b parley.Digest, statements []people.Statement) error {
	data, err := json.MarshalIndent(reviewFile{"review/1", a.String(), b.String(), statements}, "", " ")
	if err != nil {
		return err
	}
	return ReplaceFile(path, append(data, '\n'), 0o600)
}
