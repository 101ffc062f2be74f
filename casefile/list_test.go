package casefile

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	utf16 "golang.org/x/text/encoding/unicode"

	"parley"
	people "parley/names"
)

func parseList(t *testing.T, data string) *people.List {
	t.Helper()
	l, err := ParseList([]byte(data))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// unread tells whether something was noted of a row with these words in it.
func unread(l *people.List, row int, words string) bool {
	for _, u := range l.Unread {
		if u.Row == row && strings.Contains(u.Text, words) {
			return true
		}
	}
	return false
}

func TestHeadersInFiveLanguages(t *testing.T) {
	for _, header := range []string{
		"Full Name,Father's name,Date of birth,Place of birth,Date of capture,Rank",
		"ФИО;Имя отца;Дата рождения;Место рождения;Дата пленения;Звание",
		"П.І.Б.\tІм'я батька\tДата народження\tМісце народження\tДата взяття в полон\tЗвання",
		"الاسم الكامل,اسم الأب,تاريخ الميلاد,مكان الولادة,تاريخ الأسر,الرتبة",
		"שם מלא,שם האב,תאריך לידה,מקום לידה,תאריך מעצר,דרגה",
	} {
		d := ","
		for _, c := range []string{";", "\t"} {
			if strings.Contains(header, c) {
				d = c
			}
		}
		l := parseList(t, header+"\n"+strings.Join([]string{"Ivan Petrov", "Petr", "1990-05-31", "Kherson", "2022-03-01", "private"}, d)+"\n")
		want := people.Record{Row: 1, Name: "Ivan Petrov", Father: "Petr", Born: day(1990, 5, 31), Place: "Kherson", Captured: day(2022, 3, 1), Rank: "private"}
		if got := l.Records[0]; fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s:\n got %+v\nwant %+v", header, got, want)
		}
		if len(l.Unread) > 0 {
			t.Errorf("%s: %v", header, l.Unread)
		}
	}
}

func day(y, m, d int) parley.Date { return parley.Date{Year: y, Month: m, Day: d} }

func TestCodings(t *testing.T) {
	russian := "№;ФИО;Дата рождения\n1;Конощёнок Вадим;01.02.1975\n2;Щербаков Юрий Эдуардович;1980\n"
	arabic := "الرقم,الاسم,تاريخ الميلاد\n1,محمد حسين التكريتي,1980\n2,علي عبد الله,1981-02-03\n"
	hebrew := "מספר,שם,תאריך לידה\n1,משה כהן,1980\n2,יוסף לוי,1981\n"
	for _, c := range []struct {
		name, text string
		encoding.Encoding
		want string
	}{
		{"UTF-8", russian, encoding.Nop, "UTF-8"},
		{"UTF-8 with a mark", arabic, utf16.UTF8BOM, "UTF-8"},
		{"UTF-16LE", arabic, utf16.UTF16(utf16.LittleEndian, utf16.UseBOM), "UTF-16LE"},
		{"UTF-16BE", russian, utf16.UTF16(utf16.BigEndian, utf16.UseBOM), "UTF-16BE"},
		{"UTF-16LE without a mark", russian, utf16.UTF16(utf16.LittleEndian, utf16.IgnoreBOM), "UTF-16LE"},
		{"UTF-16BE without a mark", arabic, utf16.UTF16(utf16.BigEndian, utf16.IgnoreBOM), "UTF-16BE"},
		{"windows-1251", russian, charmap.Windows1251, "windows-1251"},
		{"windows-1256", arabic, charmap.Windows1256, "windows-1256"},
		{"windows-1255", hebrew, charmap.Windows1255, "windows-1255"},
		{"windows-1251, headers in English", "name,born\nКонощёнок Вадим,1975\nЩербаков Юрий,1980\n", charmap.Windows1251, "windows-1251"},
		{"windows-1256, headers in English", "name,born\nمحمد حسين التكريتي,1980\nعلي عبد الله,1981\n", charmap.Windows1256, "windows-1256"},
	} {
		data, err := c.NewEncoder().Bytes([]byte(c.text))
		if err != nil {
			t.Fatal(err)
		}
		l := parseList(t, string(data))
		if l.Coding != c.want {
			t.Errorf("%s: taken for %s", c.name, l.Coding)
		}
		if len(l.Records) != 2 || !strings.Contains(c.text, l.Records[0].Name) || l.Records[0].Name == "" || l.Records[0].Born.IsZero() {
			t.Errorf("%s: %+v", c.name, l.Records)
		}
	}
}

func TestDates(t *testing.T) {
	for s, want := range map[string]string{
		"1990": "1990", "1990-05": "1990-05", "1990-05-31": "1990-05-31", "31.05.1990": "1990-05-31", "31/05/1990": "1990-05-31",
		"5.1990": "1990-05", "1990/5/3": "1990-05-03", "31 мая 1990 г.": "1990-05-31", "31 травня 1990": "1990-05-31", "May 31, 1990": "1990-05-31",
		"31 May 1990": "1990-05-31", "٣١/٠٥/١٩٩٠": "1990-05-31", "۱۹۹۰": "1990", "31 أيار 1990": "1990-05-31", "31 במאי 1990": "1990-05-31",
		"32994": "1990-05-01", "32994.5": "1990-05-01", "19900531": "1990-05-31", "1990-05-31T00:00:00Z": "1990-05-31", "1990 г.р.": "1990",
		"1990-02-30": "", "1402": "", "31.05.90": "", "unknown": "", "90210-1": "", "0": "", "1990-13-01": "", "12345678901234567890": "", "1400-01-01": "",
	} {
		d, why := parseDate(s, false)
		if d.String() != want || (want == "") != (why != "") {
			t.Errorf("%s is read as %q (%s), want %q", s, d, why, want)
		}
	}
}

func TestMonthFirst(t *testing.T) {
	l := parseList(t, "name,dob\na b,05/31/1990\nc d,05/06/1991\n")
	if l.Records[1].Born != day(1991, 5, 6) {
		t.Errorf("%v", l.Records[1].Born)
	}
	l = parseList(t, "name,dob\na b,31/05/1990\nc d,05/06/1991\n")
	if l.Records[1].Born != day(1991, 6, 5) {
		t.Errorf("%v", l.Records[1].Born)
	}
}

func TestNothingIsDropped(t *testing.T) {
	l := parseList(t, "A list of prisoners\nno,name,dob,sex,shoe size\n1,Ivan Petrov,1990,m,44\n2,,1991,m,\n3,Иван Петров (Ivan Petrov),1402,x,\n\n4,\u202eIvan\u202c Petrov,1992,ж,,extra\n")
	if len(l.Records) != 4 {
		t.Fatalf("%d records of 4: %+v", len(l.Records), l.Records)
	}
	for row, words := range map[int]string{0: "not used", 2: "no name", 4: "turn the direction"} {
		if !unread(l, row, words) {
			t.Errorf("row %d: %q is not among %v", row, words, l.Unread)
		}
	}
	for _, words := range []string{"another calendar", "neither male nor female", "2 scripts"} {
		if !unread(l, 3, words) {
			t.Errorf("%q is not among %v", words, l.Unread)
		}
	}
	if !unread(l, 0, "above the header") || !unread(l, 4, "right of the last header") {
		t.Errorf("%v", l.Unread)
	}
	r := l.Records[2]
	if r.Name != "Иван Петров" || len(r.Also) != 1 || r.Also[0] != "Ivan Petrov" {
		t.Errorf("%q also %q", r.Name, r.Also)
	}
	if l.Records[3].Name != "Ivan Petrov" || l.Records[3].Sex != "f" {
		t.Errorf("%+v", l.Records[3])
	}
}

func TestAWorkbookThatCountsFrom1904(t *testing.T) {
	data := workbook(t, func(f *excelize.File) {
		yes := true
		_ = f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes})
		_ = f.SetSheetRow("Sheet1", "A1", &[]any{"name", "born"})
		_ = f.SetSheetRow("Sheet1", "A2", &[]any{"Ivan Petrov", 32994 - 1462})
	})
	l, err := ParseList(data)
	if err != nil || l.Records[0].Born != day(1990, 5, 1) {
		t.Errorf("%+v, %v", l, err)
	}
}

func TestFormulasInText(t *testing.T) {
	l := parseList(t, "name,note\nIvan Petrov,\"=HYPERLINK(\"\"http://x\"\")\"\n")
	if !unread(l, 1, "formula, as text") {
		t.Errorf("%v", l.Unread)
	}
}

func TestNamesInParts(t *testing.T) {
	l := parseList(t, "фамилия;имя;отчество\nПетров;Иван;Сергеевич\n")
	if l.Records[0].Name != "Петров Иван Сергеевич" {
		t.Errorf("%q", l.Records[0].Name)
	}
	l = parseList(t, "имя;год рождения\nПетров Иван;1990\n")
	if l.Records[0].Name != "Петров Иван" {
		t.Errorf("%q", l.Records[0].Name)
	}
}

func TestQuotesThatDontClose(t *testing.T) {
	l := parseList(t, "name,born\n\"Ivan Petrov,1990\na b,1991\nc d,1992\ne f,1993\n")
	if !unread(l, 1, "isn't closed") {
		t.Errorf("%v", l.Unread)
	}
}

func TestIdsThatStandTwice(t *testing.T) {
	l := parseList(t, "id,name\n7,a b\n7,c d\n,e f\n")
	if !unread(l, 2, "stands twice") || !unread(l, 3, "no id") {
		t.Errorf("%v", l.Unread)
	}
	seen := map[string]bool{}
	for _, r := range l.Records {
		if seen[r.Label()] {
			t.Errorf("two rows are called %s", r.Label())
		}
		seen[r.Label()] = true
	}
}

func TestNoListAtAll(t *testing.T) {
	for what, data := range map[string]string{
		"empty": "", "no header": "1,2,3\n4,5,6\n", "binary": "a\x00b\x01", "pdf": "%PDF-1.7", "old": "\xd0\xcf\x11\xe0",
		"one line": "name" + strings.Repeat(",x", 1<<20),
		"zip":      "PK\x03\x04garbage", "only a header word": "born\n1990\n",
	} {
		if _, err := ParseList([]byte(data)); !errors.Is(err, ErrList) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func workbook(t *testing.T, fill func(f *excelize.File)) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	fill(f)
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWorkbook(t *testing.T) {
	data := workbook(t, func(f *excelize.File) {
		set := func(cell string, v any) {
			if err := f.SetCellValue("Sheet1", cell, v); err != nil {
				t.Fatal(err)
			}
		}
		for c, v := range map[string]any{
			"A1": "Список", "A3": "ФИО", "B3": "Дата рождения", "C3": "Год", "A4": "Петров Иван", "B4": 32994, "A5": "Шевченко Микола", "B5": "1990", "A6": "Третий Ряд", "B6": 1991,
		} {
			set(c, v)
		}
		_ = f.SetCellFormula("Sheet1", "A6", "CONCAT(A4,A5)")
		_ = f.MergeCell("Sheet1", "B5", "B6")
		_, _ = f.NewSheet("Other")
	})
	l, err := ParseList(data)
	if err != nil {
		t.Fatal(err)
	}
	if len(l.Records) != 3 || l.Records[0].Born != day(1990, 5, 1) || l.Records[1].Born.Year != 1990 || l.Sheet != "Sheet1" {
		t.Errorf("%+v", l.Records)
	}
	if !unread(l, 3, "formula") || !unread(l, 2, "merged") || !unread(l, 0, "was not read") {
		t.Errorf("%v", l.Unread)
	}
}

// TestZipBomb: what a workbook may unpack to is bounded, whatever it says of
// itself.
func TestZipBomb(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	base := workbook(t, func(*excelize.File) {})
	r, err := zip.NewReader(bytes.NewReader(base), int64(len(base)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range r.File {
		w, _ := z.Create(f.Name)
		if strings.Contains(f.Name, "sheet1") {
			_, _ = io.WriteString(w, `<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>`)
			zeros := bytes.Repeat([]byte("0"), 1<<20)
			for range 1 << 9 {
				_, _ = w.Write(zeros)
			}
			continue
		}
		in, _ := f.Open()
		_, _ = io.Copy(w, in)
	}
	_ = z.Close()
	if _, err := ParseList(b.Bytes()); !errors.Is(err, ErrList) || !strings.Contains(err.Error(), "unpacks to more than") {
		t.Errorf("a bomb of %d bytes: %v", b.Len(), err)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
		t.Errorf("refusing it took %d MiB", used>>20)
	}
	lying := b.Bytes()
	whole, err := zip.NewReader(bytes.NewReader(lying), int64(len(lying)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range whole.File {
		if f.UncompressedSize64 > 1<<20 {
			lying = bytes.ReplaceAll(lying, le32(uint32(f.UncompressedSize64)), le32(1000))
		}
	}
	if _, err := ParseList(lying); !errors.Is(err, ErrList) || strings.Contains(err.Error(), "unpacks to more than") {
		t.Errorf("a bomb that lies: %v", err)
	}
}

func le32(n uint32) []byte { return []byte{byte(n), byte(n >> 8), byte(n >> 16), byte(n >> 24)} }

func TestTooManyRows(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a file of a million rows")
	}
	var b bytes.Buffer
	b.WriteString("name,born\n")
	for i := range 1_000_000 {
		fmt.Fprintf(&b, "Ivan Petrov %d,1990\n", i)
	}
	if _, err := ParseList(b.Bytes()); !errors.Is(err, ErrList) || !strings.Contains(err.Error(), "more than 100000 rows") {
		t.Errorf("%v", err)
	}
}

func FuzzParseList(f *testing.F) {
	f.Add([]byte("name,born\nIvan Petrov,1990\n"))
	f.Add([]byte("\xff\xfen\x00a\x00m\x00e\x00\n\x00x\x00\n\x00"))
	f.Add([]byte("\xd4\xc8\xce;\xe4\xf0\n\xcf\xe5\xf2\xf0;1990\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		l, err := ParseList(data)
		if err != nil && !errors.Is(err, ErrList) {
			t.Fatal(err)
		}
		if err == nil && len(l.Records) > bytes.Count(data, []byte("\n"))+bytes.Count(data, []byte("\r"))+1 {
			t.Fatal("more rows than lines")
		}
	})
}
