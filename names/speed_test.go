package names

import (
	"bufio"
	"os"
	"strings"
	"testing"
)

func BenchmarkScore(b *testing.B) {
	f, err := os.Open("../../shared/data/names/pairs.tsv")
	if err != nil {
		b.Skip("no benchmark data")
	}
	defer f.Close()
	m := New()
	var x, y []*Name
	for sc := bufio.NewScanner(f); sc.Scan(); {
		c := strings.Split(sc.Text(), "\t")
		x, y = append(x, m.Read(c[1])), append(y, m.Read(c[2]))
	}
	b.Run("pairs", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			m.Score(x[i%len(x)], y[i%len(x)])
		}
	})
	b.Run("any", func(b *testing.B) {
		for i := 0; b.Loop(); i++ {
			m.Score(x[i%len(x)], y[(i*7+13)%len(x)])
		}
	})
}
