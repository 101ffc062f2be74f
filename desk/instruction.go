package desk

import (
	"context"
	"strings"

	"parley/casefile"
	"parley/channel"
)

// Instruction is what the capital tells its own desk. It stays in the store: no
// move carries it, and no other desk can ask for it.
type Instruction struct {
	_        struct{} `cbor:",toarray"`
	Number   uint64   `json:"number"`
	By       string   `json:"by"`
	Text     string   `json:"text"`
	Recorded int64    `json:"recorded"` // unix seconds
}

const instructionBucket = "instructions"

// Instruct keeps an instruction. It works without a channel.
func (d *Desk) Instruct(ctx context.Context, by, words string) (Instruction, error) {
	i := Instruction{By: by, Text: words, Recorded: d.around.Now().Unix()}
	if strings.TrimSpace(words) == "" {
		return i, wrong("the instruction is empty")
	}
	if err := first(text(words), word(by)); err != nil {
		return i, inputError{err}
	}
	err := d.update(ctx, func(tx *casefile.Tx) error {
		data, err := channel.Marshal(i)
		if err != nil {
			return err
		}
		i.Number, err = tx.Append(instructionBucket, data)
		return err
	})
	return i, err
}

// Instructions lists what the capital told this desk, oldest first.
func (d *Desk) Instructions(ctx context.Context) (out []Instruction, err error) {
	err = d.store.View(ctx, func(tx *casefile.Tx) error {
		out, err = listed[Instruction](tx, instructionBucket)
		return err
	})
	for i := range out {
		out[i].Number = uint64(i + 1)
	}
	return out, err
}
