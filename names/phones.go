package names

// A phone is what a letter may sound like, in one character. Some phones are
// plain sounds; the others stand for a letter whose sound can't be told from
// the writing alone (a Latin c, a Hebrew vav), and have several readings. The
// cost of taking one phone for another is that of the cheapest pair of their
// readings, so that each script needs one table of letters and no pair of
// scripts needs a table of its own.
//
//	a e i o u      vowels            S sh   Z zh   C ch   J dzh   c ts
//	b p d t g k q f v w z s m n l r h j    x kh   G gh   T th   D dh
const plain = "aeioubpdtgkqfvwzsmnlrhjSZCJcxGTD"

// readings are the phones that may be several sounds, with what each reading
// costs; 0 is silence.
var readings = map[byte][]reading{
	'K': {{'k', 0}, {'s', .1}, {'c', .12}, {'C', .2}, {'J', .2}},              // Latin c
	'H': {{'C', 0}, {'x', .08}, {'k', .12}, {'S', .1}},                        // Latin ch
	'Y': {{'j', 0}, {'i', 0}},                                                 // Latin y
	'j': {{'j', 0}, {'i', .1}},                                                // й, and every glide
	'V': {{'v', 0}, {'o', .02}, {'u', .02}, {'w', .02}},                       // Hebrew vav
	'W': {{'w', 0}, {'u', .02}, {'o', .02}, {'v', .08}},                       // Arabic waw
	'I': {{'j', 0}, {'i', 0}, {'e', .03}},                                     // Arabic ya, Hebrew yod
	'A': {{'a', 0}, {'e', .03}, {'o', .06}, {'i', .06}, {'u', .06}, {0, .12}}, // alef
	'E': {{0, 0}, {'a', 0}, {'e', .03}, {'o', .06}, {'i', .06}, {'u', .06}},   // ayn
	'L': {{0, 0}, {'a', 0}, {'h', 0}, {'e', 0}, {'t', .1}, {'o', .1}},         // a final he, ta marbuta
	'Q': {{'q', 0}, {'k', .02}, {'g', .12}, {'G', .15}, {'x', .25}},           // qaf
	'M': {{'J', 0}, {'Z', .08}, {'g', .12}, {'j', .25}, {'C', .2}},            // jim
	'B': {{'b', 0}, {'p', .1}, {'v', .15}},                                    // Arabic ba
	'F': {{'f', 0}, {'v', .06}, {'p', .12}},                                   // Arabic fa
	'N': {{'k', 0}, {'g', .12}, {'C', .25}},                                   // Arabic kaf
	'R': {{'G', 0}, {'g', .03}, {'h', .25}, {'J', .2}, {'q', .2}},             // ghayn
	'O': {{'D', 0}, {'d', .05}, {'z', .05}},                                   // dhal, za, dad
	'U': {{'T', 0}, {'s', .05}, {'t', .05}},                                   // tha
	'2': {{'b', 0}, {'v', 0}},                                                 // bet
	'3': {{'p', 0}, {'f', 0}},                                                 // pe
	'4': {{'k', 0}, {'x', 0}},                                                 // kaf
	'5': {{'S', 0}, {'s', .04}},                                               // shin
	'6': {{'x', 0}, {'h', 0}},                                                 // het
	'7': {{'c', 0}, {'s', .1}, {'C', .1}, {'z', .1}},                          // tsadi
	'8': {{'g', 0}, {'J', .1}, {'G', .05}, {'h', .15}},                        // gimel
	'9': {{'g', 0}, {'h', .04}, {'G', .05}, {'x', .15}, {'v', .5}},            // Cyrillic г: g in Russian, h in Ukrainian
	':': {{'e', 0}, {'o', .05}},                                               // ё, often printed е
	';': {{'S', .05}, {'C', .3}, {'s', .3}},                                   // щ and its many spellings
	',': {{'S', 0}, {'k', .25}, {'s', .2}, {'C', .2}},                         // Latin sch
	'?': {{'s', 0}, {'C', .05}, {'c', .2}},                                    // ç
	'~': {{0, 0}, {'G', .1}, {'j', .1}, {'g', .1}, {'v', .2}},                 // Turkish ğ
	'X': {{'x', 0}, {'S', .1}, {'k', .1}, {'z', .15}, {'h', .1}},              // Latin x at the beginning
	'P': {{'J', 0}, {'j', .06}, {'Z', .06}, {'x', .12}, {'h', .15}},           // Latin j
	'1': {{'z', 0}, {'c', .1}, {'s', .12}, {'Z', .2}},                         // Latin z
	'0': {{'s', 0}, {'S', .12}, {'z', .1}},                                    // Latin s
	'!': {{'g', 0}, {'h', .2}, {'J', .1}, {'Z', .2}, {'x', .25}},              // Latin g
	'"': {{'t', 0}, {'T', 0}, {'s', .25}},                                     // Latin th
	'#': {{'v', 0}, {'w', 0}, {'u', .1}, {'f', .2}},                           // Latin w
	'$': {{'h', 0}, {'x', .05}, {'G', .2}, {'g', .3}},                         // Latin h
	'%': {{'v', 0}, {'b', .25}, {'f', .15}, {'u', .25}},                       // Latin v
	'&': {{'D', 0}, {'d', 0}, {'z', .15}},                                     // Latin dh
}

type reading struct {
	phone byte
	cost  float64
}

// near lists sounds that spellers confuse, with the cost of each confusion. A
// pair of consonants that isn't here costs 1, a consonant for a vowel as well.
var near = map[string]float64{
	"bp": .35, "dt": .35, "gk": .4, "sz": .3, "fv": .35, "SZ": .4, "CJ": .35, "vw": .15, "uw": .15, "bv": .4,
	"cs": .4, "cz": .4, "Cc": .45, "CS": .35, "Ss": .35, "Zz": .35, "JZ": .2, "Jj": .45, "Jg": .4, "Zj": .55,
	"hx": .15, "kx": .35, "gx": .45, "gh": .35, "Gg": .12, "Gh": .4, "Gx": .35, "kq": .08, "gq": .3, "Gq": .3,
	"Tt": .2, "Ts": .25, "Tf": .5, "DT": .4, "Dd": .2, "Dz": .2, "ct": .5, "ij": .12, "mn": .5, "lr": .65, "Ct": .55,
	"Ck": .6, "Sx": .6, "Jd": .5, "Jz": .45, "Sz": .5, "ou": .2, "ao": .22, "ae": .2, "ei": .18, "ai": .38, "au": .35,
	"eo": .38, "iu": .4, "eu": .4, "io": .42, "ej": .4, "ow": .35, "uv": .4, "fp": .4, "fw": .45, "hq": .6, "kg": .4, "hk": .5,
	"bm": .7, "bw": .6, "SJ": .5, "sc": .4, "xq": .4, "dz": .5, "nl": .75, "nd": .85,
}

// silence is what leaving a sound out costs; 1 where it isn't listed.
var silence = map[byte]float64{
	'a': .45, 'e': .38, 'i': .42, 'o': .45, 'u': .45, 'j': .25, 'w': .5, 'h': .4, 'x': .75, 'v': .85, 'q': .6, 'G': .8, 't': .9, 'r': .9, 'n': .85, 'd': .9,
}

// mass is how much a sound counts in the length of a name.
func massOf(c byte, situation int) float64 {
	switch {
	case isVowel(c) && situation == fullAbjad:
		return .2
	case isVowel(c):
		return .5
	case c == 'j' || c == 'Y' || c == 'I' || c == 'W' || c == 'V' || c == 'A' || c == 'L' || c == 'h' || c == '$':
		return .6
	case c == 'E':
		return .3
	}
	return 1
}

func isVowel(c byte) bool {
	switch c {
	case 'a', 'e', 'i', 'o', 'u':
		return true
	}
	return false
}

// Costs in whole hundredths, so that the inner loop adds bytes.
const unit = 100

// How the scripts of two tokens stand to each other: short vowels are not
// written in an abjad, so missing one means less.
const (
	fullFull   = 0
	abjadFull  = 1 // the first is of an abjad
	fullAbjad  = 2
	abjadAbjad = 3
	situations = 4
)

// costs are the tables of the weighted edit distance, by situation.
type costs struct {
	swap [situations][phones][phones]uint8
	drop [situations][phones]uint8 // of a phone of the first token
	mass [situations][phones]uint8 // of a phone of the first token
}

// phones bounds the characters that stand for phones.
const phones = 128

func newCosts() *costs {
	c := &costs{}
	for p := range phones {
		for s := range situations {
			c.drop[s][p] = hundredths(dropCost(byte(p), s))
			c.mass[s][p] = hundredths(massOf(byte(p), s))
			for q := range phones {
				c.swap[s][p][q] = hundredths(swapCost(byte(p), byte(q), s))
			}
		}
	}
	return c
}

func hundredths(x float64) uint8 { return uint8(min(x, 2)*unit + .5) }

func readingsOf(p byte) []reading {
	if r, ok := readings[p]; ok {
		return r
	}
	return []reading{{p, 0}}
}

func swapCost(p, q byte, situation int) float64 {
	if p == q {
		return 0
	}
	best := 1.0
	for _, a := range readingsOf(p) {
		for _, b := range readingsOf(q) {
			best = min(best, a.cost+b.cost+sound(a.phone, b.phone, situation))
		}
	}
	return best
}

// sound is the distance of two sounds, 0 being silence.
func sound(a, b byte, situation int) float64 {
	switch {
	case a == b:
		return 0
	case a == 0:
		return quiet(b, situation)
	case b == 0:
		return quiet(a, situation)
	}
	if d, ok := near[string([]byte{a, b})]; ok {
		return d
	}
	if d, ok := near[string([]byte{b, a})]; ok {
		return d
	}
	if isVowel(a) && isVowel(b) {
		return .42
	}
	return 1
}

func quiet(p byte, situation int) float64 {
	if isVowel(p) && situation != fullFull {
		return .1
	}
	if s, ok := silence[p]; ok {
		return s
	}
	return 1
}

// dropCost is what it costs to leave out a phone of the first token.
func dropCost(p byte, situation int) float64 {
	if situation == fullAbjad && isVowel(p) {
		return .06 // a vowel that the other script doesn't write
	}
	if situation == abjadFull || situation == abjadAbjad {
		switch p {
		case 'W', 'I', 'V':
			return .35
		case 'A':
			return .2
		}
	}
	best := 1.0
	for _, r := range readingsOf(p) {
		if r.phone == 0 {
			best = min(best, r.cost)
			continue
		}
		best = min(best, r.cost+quiet(r.phone, fullFull))
	}
	return best
}
