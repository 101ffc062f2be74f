package names

import "strings"

// Endings of patronymics and of surnames that tell the sex, longest first.
var (
	sonOf      = []string{"ович", "евич", "йович", "ёвич", "авіч", "евіч", "явіч", "йовіч", "ovich", "evich", "ovych", "evych", "avich", "iavich", "yavich", "yovych", "iovych", "ovitch", "evitch", "owitsch", "ewitsch", "owicz", "ewicz", "avič", "evič", "ovič", "ilyich", "ильич", "ілліч", "illich", "іч", "кузьмич", "фомич", "лукич"}
	daughterOf = []string{"овна", "евна", "ёвна", "івна", "ївна", "аўна", "еўна", "яўна", "ична", "ovna", "evna", "ivna", "yivna", "iivna", "ouna", "auna", "euna", "iauna", "iŭna", "aŭna", "eŭna", "owna", "ewna", "ichna", "inichna"}
	herSurname = []string{"ова", "ева", "ёва", "іна", "ина", "ская", "цкая", "ська", "цька", "ova", "eva", "skaya", "skaia", "ska", "tskaya", "skaja"}
)

// patronymic tells whether a word says whose child somebody is, and the sex
// that its ending gives away: 1 female, 2 male.
func patronymic(t *token) (bool, uint8) {
	if t.script.abjad() || t.kind != word {
		return false, 0
	}
	switch {
	case ends(t.text, sonOf):
		return true, 2
	case ends(t.text, daughterOf):
		return true, 1
	case ends(t.text, herSurname):
		return false, 1
	}
	return false, 0
}

func ends(w string, endings []string) bool {
	for _, e := range endings {
		if strings.HasSuffix(w, e) && len(w) > len(e)+2 {
			return true
		}
	}
	return false
}
