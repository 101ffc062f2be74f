package casefile

import (
	"encoding/hex"
	"testing"

	"golang.org/x/crypto/argon2"
)

// TestArgon2id holds the function that makes the store's key to the vectors of
// the reference implementation (phc-winner-argon2, src/test.c, version 0x13).
func TestArgon2id(t *testing.T) {
	for _, v := range []struct {
		passphrase, salt string
		cost             cost
		want             string
	}{
		{"password", "somesalt", cost{2, 1 << 16, 1}, "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"},
		{"password", "somesalt", cost{2, 1 << 8, 1}, "9dfeb910e80bad0311fee20f9c0e2b12c17987b4cac90c2ef54d5b3021c68bfe"},
		{"password", "somesalt", cost{2, 1 << 8, 2}, "6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037"},
		{"password", "somesalt", cost{1, 1 << 16, 1}, "f6a5adc1ba723dddef9b5ac1d464e180fcd9dffc9d1cbf76cca2fed795d9ca98"},
		{"password", "somesalt", cost{4, 1 << 16, 1}, "9025d48e68ef7395cca9079da4c4ec3affb3c8911fe4f86d1a2520856f63172c"},
		{"differentpassword", "somesalt", cost{2, 1 << 16, 1}, "0b84d652cf6b0c4beaef0dfe278ba6a80df6696281d7e0d2891b817d8c458fde"},
		{"password", "diffsalt", cost{2, 1 << 16, 1}, "bdf32b05ccc42eb15d58fd19b1f856b113da1e9a5874fdcc544308565aa8141c"},
	} {
		got := argon2.IDKey([]byte(v.passphrase), []byte(v.salt), v.cost.Time, v.cost.Memory, v.cost.Threads, 32)
		if hex.EncodeToString(got) != v.want {
			t.Errorf("%s, %s, %+v: %x", v.passphrase, v.salt, v.cost, got)
		}
	}
}
