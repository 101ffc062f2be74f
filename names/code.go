package names

// A code is what is left of a name when vowels and all that spellers confuse
// are taken out: names that may be the same share one.

// class is the letter of a code for a phone; two where it may be either, 0
// where it says nothing.
var class = map[byte]string{
	'b': "p", 'p': "p", 'f': "p", '2': "p", '3': "p", 'B': "p", 'F': "p", '%': "p-", 'v': "p-",
	'd': "t", 't': "t", 'T': "t", '"': "t", 'D': "t", '&': "t", 'O': "ts", 'U': "ts",
	's': "s", 'z': "s", 'S': "s", 'Z': "s", 'c': "s", 'C': "s", 'J': "s", '0': "s", '1': "s", '5': "s", '7': "s", ';': "s", ',': "s", '?': "s",
	'k': "k", 'g': "k", 'q': "k", 'x': "k", 'G': "k", 'N': "k", 'Q': "k", 'R': "k", '4': "k", 'X': "k",
	'8': "ks", 'K': "ks", 'H': "ks", '!': "ks", 'M': "sk", 'P': "s-", '9': "k-", '6': "k-",
	'm': "m", 'n': "n", 'l': "l", 'r': "r",
}

// maxCodes bounds the codes of a token.
const maxCodes = 8

// codes lists what a sequence of phones may come to. Equal neighbours count
// once.
func codes(phones []byte) []string {
	out := []string{""}
	for _, p := range phones {
		choice := class[p]
		if choice == "" {
			continue
		}
		if len(choice) > 1 && len(out)*len(choice) > maxCodes {
			choice = choice[:1]
		}
		next := make([]string, 0, len(out)*len(choice))
		for _, c := range choice {
			for _, s := range out {
				if c != '-' && (s == "" || s[len(s)-1] != byte(c)) {
					s += string(c)
				}
				next = append(next, s)
			}
		}
		out = next
	}
	return out
}
