package names

// The weighted edit distance of two sequences of phones (Wagner and Fischer
// 1974, with a swap of neighbours), in hundredths of a consonant.

// maxPhones bounds the phones of a token that are compared.
const maxPhones = 31

func situationOf(a, b *token) int { return int(a.side | b.side<<1) }

// turned is the situation seen from the second token.
func turned(s int) int { return s>>1&1 | s&1<<1 }

// distance is the least cost of turning a into b, or something above most.
func (c *costs) distance(a, b []byte, s int, most int32) int32 {
	a, b = a[:min(len(a), maxPhones)], b[:min(len(b), maxPhones)]
	var rows [maxPhones + 1]int32 // the row above; before it is filled, row 0
	swap, dropA, dropB := &c.swap[s], &c.drop[s], &c.drop[turned(s)]
	var ins [maxPhones + 1]int32
	for j, q := range b {
		ins[j&31] = int32(dropB[q&127])
		rows[j+1] = rows[j] + ins[j&31]
	}
	row := rows[1 : len(b)+1]
	var corner int32 // the entry before the row above
	for _, p := range a {
		table, out := &swap[p&127], int32(dropA[p&127])
		diagonal, left := corner, corner+out
		corner = left
		least := left
		for j, q := range b {
			up := row[j]
			v := min(diagonal+int32(table[q&127]), up+out)
			v = min(v, left+ins[j&31])
			diagonal, left = up, v
			row[j] = v
			least = min(least, v)
		}
		if least > most {
			return least
		}
	}
	if len(b) == 0 {
		return corner
	}
	return row[len(row)-1]
}
