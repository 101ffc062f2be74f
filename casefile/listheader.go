package casefile

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// headerRows is how many rows are looked at for the header.
const headerRows = 20

// headers are the spellings of the columns that a list may have, in English,
// Russian, Ukrainian, Arabic and Hebrew; spaces and marks don't count.
var headers = map[string]string{
	"id":         "id|no|nr|num|number|#|№|№ п/п|п/п|n|ref|reference|code|serial|serial number|record|record id|person id|номер|код|ид|ід|порядковий номер|порядковый номер|الرقم|رقم|م|ت|الرقم التسلسلي|الرمز|מספר|מס|מס'|מספר סידורי|מזהה",
	"name":       "name|full name|fullname|names|person|prisoner|detainee|name of person|фио|ф.и.о.|фио полностью|полное имя|фамилия имя отчество|фамилия, имя, отчество|фамилия и имя|піб|п.і.б.|прізвище ім'я по батькові|прізвище, ім'я, по батькові|прізвище та ім'я|повне ім'я|الاسم|اسم|الاسم الكامل|الاسم الرباعي|الاسم الثلاثي|اسم الاسير|اسم الأسير|اسم المعتقل|שם|שם מלא|השם|שם האסיר",
	"family":     "surname|family name|last name|lastname|familyname|фамилия|прізвище|اللقب|اسم العائلة|العائلة|الشهرة|الكنية|שם משפחה|משפחה",
	"given":      "first name|given name|given names|firstname|forename|forenames|имя|ім'я|імя|الاسم الأول|الاسم الاول|الاسم الشخصي|שם פרטי",
	"patronymic": "patronymic|middle name|second name|отчество|по батькові",
	"father":     "father|father's name|father name|fathers name|name of father|отец|имя отца|батько|ім'я батька|اسم الأب|اسم الاب|الأب|الاب|اسم الوالد|الوالد|שם האב|שם אב|אב",
	"mother":     "mother|mother's name|mother name|mothers name|name of mother|mother's maiden name|мать|имя матери|мати|ім'я матері|اسم الأم|اسم الام|الأم|الام|اسم الوالدة|שם האם|שם אם|אם",
	"born":       "born|dob|date of birth|birth date|birthdate|birthday|year of birth|yob|d.o.b.|дата рождения|год рождения|рождения|родился|др|д.р.|г.р.|дата народження|рік народження|народження|дн|д.н.|р.н.|تاريخ الميلاد|تاريخ الولادة|الميلاد|المواليد|مواليد|سنة الميلاد|سنة الولادة|תאריך לידה|ת. לידה|ת לידה|שנת לידה|לידה",
	"sex":        "sex|gender|m/f|пол|стать|الجنس|جنس|מין|מגדר",
	"place":      "place|place of birth|birthplace|birth place|residence|home|address|city|town|pob|место рождения|место|место жительства|город|адрес|місце народження|місце|місце проживання|місто|адреса|مكان الولادة|مكان الميلاد|محل الولادة|المكان|مكان|العنوان|السكن|المدينة|المحافظة|מקום לידה|מקום|מקום מגורים|כתובת|עיר|יישוב",
	"captured":   "captured|date of capture|capture date|date captured|detained|date of detention|date of arrest|arrested|arrest date|taken|missing since|дата пленения|пленения|взят в плен|дата задержания|задержан|пропал|дата взяття в полон|взято в полон|дата полону|полон|дата затримання|затриманий|зник|تاريخ الأسر|تاريخ الاسر|تاريخ الاعتقال|تاريخ الإعتقال|تاريخ القبض|الاعتقال|الأسر|תאריך שבי|תאריך תפיסה|תאריך מעצר|נתפס|נעצר|תאריך לכידה",
	"unit":       "unit|military unit|brigade|formation|часть|воинская часть|в/ч|подразделение|частина|військова частина|підрозділ|الوحدة|الوحدة العسكرية|اللواء|יחידה",
	"rank":       "rank|military rank|звание|воинское звание|звання|військове звання|الرتبة|الرتبة العسكرية|דרגה",
	"check":      "check|check digits|контроль|контрольные цифры|контрольні цифри|رقم التحقق|ספרות ביקורת",
	"list":       "list|whose list|список|перелік|القائمة|רשימה",
	"answer":     "answer|answer code|reply|ответ|код ответа|відповідь|код відповіді|الرد|תשובה|קוד תשובה",
	"on":         "on|date of release or death|дата события|дата події|تاريخ الحدث|תאריך האירוע",
	"of":         "of|held as|where|кто|где|хто|де|من|מי",
	"words":      "words|answer comment|слова|коментар до відповіді|ملاحظة الرد|הערת תשובה",
	"note":       "note|notes|remark|remarks|comment|comments|примечание|примечания|комментарий|примітка|примітки|коментар|ملاحظة|ملاحظات|הערה|הערות",
}

// knownHeaders finds the field by the header as headerKey leaves it.
var knownHeaders = func() map[string]string {
	m := map[string]string{}
	for field, list := range headers {
		for h := range strings.SplitSeq(list, "|") {
			m[headerKey(h)] = field
		}
	}
	return m
}()

// headerKey leaves the letters of a header, in lower case, without marks above
// or below them; of a bracket only what stands before it.
func headerKey(s string) string {
	s, _, _ = strings.Cut(strings.TrimLeft(s, "( "), "(")
	var b strings.Builder
	for _, r := range norm.NFKC.String(strings.ToLower(s)) {
		switch {
		case r == 'أ' || r == 'إ' || r == 'آ':
			b.WriteRune('ا')
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '#' || r == '№':
			b.WriteRune(r)
		}
	}
	return b.String()
}

// columnsOf reads a row as a header; nil where it names no column of names. A
// field that comes twice counts the first time.
func columnsOf(cells []string) []column {
	out := make([]column, len(cells))
	have := map[string]bool{}
	for i, c := range cells {
		out[i].header = c
		f := knownHeaders[headerKey(c)]
		if f == "" && (c == "#" || c == "№") {
			f = "id"
		}
		if !have[f] {
			out[i].field = f
			have[f] = true
		}
	}
	if !have["name"] && !have["family"] && !have["given"] {
		return nil
	}
	if have["given"] && !have["family"] && !have["name"] { // "имя" alone is the name
		for i := range out {
			if out[i].field == "given" {
				out[i].field = "name"
			}
		}
	}
	return out
}
