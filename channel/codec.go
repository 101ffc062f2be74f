package channel

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"reflect"
	"unicode/utf8"

	"github.com/fxamacker/cbor/v2"
)

const (
	// MaxEncoded bounds everything that the codec writes or reads.
	MaxEncoded = 16 << 20

	maxDepth = 16
	maxItems = 1 << 16 // in one array
)

// ErrEncoding is returned for bytes that are not the one encoding of a value.
var ErrEncoding = errors.New("not a canonical encoding")

var encMode, decMode = codecModes()

func codecModes() (cbor.EncMode, cbor.DecMode) {
	enc, err := cbor.EncOptions{
		Sort:            cbor.SortCoreDeterministic,
		IndefLength:     cbor.IndefLengthForbidden,
		TagsMd:          cbor.TagsForbidden,
		NilContainers:   cbor.NilContainerAsEmpty,
		BinaryMarshaler: cbor.BinaryMarshalerNone,
	}.EncMode()
	if err != nil {
		panic(err)
	}
	dec, err := cbor.DecOptions{
		IndefLength:       cbor.IndefLengthForbidden,
		TagsMd:            cbor.TagsForbidden,
		MaxNestedLevels:   maxDepth,
		MaxArrayElements:  maxItems,
		BinaryUnmarshaler: cbor.BinaryUnmarshalerNone,
	}.DecMode()
	if err != nil {
		panic(err)
	}
	return enc, dec
}

// Marshal gives a value's one encoding: deterministic CBOR made of integers,
// byte strings, text, booleans and arrays. A struct says that it is an array
// with a first field
//
//	_ struct{} `cbor:",toarray"`
//
// Maps, floats, tags and nulls are refused, so a struct that forgot to say it
// is found by its first test.
func Marshal(v any) ([]byte, error) {
	data, err := encMode.Marshal(v)
	if err != nil {
		return nil, err
	}
	if len(data) > MaxEncoded {
		return nil, fmt.Errorf("%d bytes where %d are the most", len(data), MaxEncoded)
	}
	if err := checkForm(data); err != nil {
		return nil, err
	}
	return data, nil
}

// Unmarshal reads data into the value that v points to, and only if data is
// the one encoding of that value. On an error v is unchanged.
//
// The decoder's own strictness is not enough: it takes a short byte string for
// a long array, numbers for bytes, "A" for "a". So the value is encoded again
// and the bytes compared.
func Unmarshal(data []byte, v any) error {
	target := reflect.ValueOf(v)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		panic("channel: Unmarshal into something that is not a pointer")
	}
	if len(data) > MaxEncoded {
		return fmt.Errorf("%w: %d bytes where %d are the most", ErrEncoding, len(data), MaxEncoded)
	}
	if err := checkForm(data); err != nil {
		return err
	}
	fresh := reflect.New(target.Type().Elem())
	if err := decMode.Unmarshal(data, fresh.Interface()); err != nil {
		return fmt.Errorf("%w: %v", ErrEncoding, err)
	}
	again, err := encMode.Marshal(fresh.Interface())
	if err != nil {
		return fmt.Errorf("%w: %v", ErrEncoding, err)
	}
	if !bytes.Equal(again, data) {
		return fmt.Errorf("%w: the value has another encoding", ErrEncoding)
	}
	target.Elem().Set(fresh.Elem())
	return nil
}

// checkForm walks one item that fills data and refuses what this format leaves
// out, without building anything.
func checkForm(data []byte) error {
	rest, err := skipItem(data, 0)
	if err != nil {
		return fmt.Errorf("%w: %v", ErrEncoding, err)
	}
	if len(rest) != 0 {
		return fmt.Errorf("%w: %d bytes after the end", ErrEncoding, len(rest))
	}
	return nil
}

// The major types of CBOR that this format uses.
const (
	majorUnsigned = iota
	majorNegative
	majorBytes
	majorText
	majorArray
	_ // maps
	_ // tags
	majorSimple
)

func skipItem(data []byte, depth int) (rest []byte, err error) {
	if depth > maxDepth {
		return nil, errors.New("nested too deeply")
	}
	major, value, rest, err := readHead(data)
	if err != nil {
		return nil, err
	}
	switch major {
	case majorUnsigned, majorNegative:
		return rest, nil
	case majorBytes, majorText:
		return skipString(rest, value, major == majorText)
	case majorArray:
		return skipArray(rest, value, depth)
	case majorSimple:
		if data[0] == 0xf4 || data[0] == 0xf5 {
			return rest, nil
		}
	}
	return nil, fmt.Errorf("byte %#02x begins nothing that is allowed here", data[0])
}

func skipString(data []byte, length uint64, text bool) (rest []byte, err error) {
	if length > uint64(len(data)) {
		return nil, errors.New("a string runs past the end")
	}
	if text && !utf8.Valid(data[:length]) {
		return nil, errors.New("text that is not UTF-8")
	}
	return data[length:], nil
}

func skipArray(data []byte, length uint64, depth int) (rest []byte, err error) {
	if length > maxItems {
		return nil, errors.New("an array too long")
	}
	for range length {
		if data, err = skipItem(data, depth+1); err != nil {
			return nil, err
		}
	}
	return data, nil
}

// readHead reads an item's first byte and the number that follows it, which
// must be written as short as it can be.
func readHead(data []byte) (major byte, value uint64, rest []byte, err error) {
	if len(data) == 0 {
		return 0, 0, nil, errors.New("the data ends too early")
	}
	major, info, rest := data[0]>>5, data[0]&31, data[1:]
	if info < 24 {
		return major, uint64(info), rest, nil
	}
	if info > 27 || major == majorSimple {
		return 0, 0, nil, fmt.Errorf("byte %#02x begins nothing that is allowed here", data[0])
	}
	size := 1 << (info - 24)
	if len(rest) < size {
		return 0, 0, nil, errors.New("the data ends too early")
	}
	var wide [8]byte
	copy(wide[8-size:], rest[:size])
	value = binary.BigEndian.Uint64(wide[:])
	if value < 24 || size > 1 && value>>(size*4) == 0 {
		return 0, 0, nil, errors.New("a number longer than it need be")
	}
	return major, value, rest[size:], nil
}
