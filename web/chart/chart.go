// Package chart draws: what weighing found, how the offers moved, and what
// happened to somebody and when. A drawing is one self-contained SVG of shapes
// and words, with a title and a description, no script and no style of its own,
// so that it can stand in a page under a strict policy, in a print and in a file.
//
// Nothing is told by colour alone: sides differ by shape and by line. Colours
// are attributes, and every shape has a class by which a page may give it
// others, for the dark. Words come from the caller, in the reader's language;
// hidden characters in them are written out. What a drawing shows stands in a
// table beside it.
package chart

import (
	"bytes"
	"encoding/xml"
	"fmt"

	"parley/internal/show"
)

// Colours are those of the drawings on white paper. A test holds the sheet of
// the desk to the same contrast in the dark.
const (
	paper  = "#ffffff"
	ink    = "#16202b"
	quiet  = "#4a5663"
	ours   = "#0b4f87"
	theirs = "#8a3b12"
	chosen = "#a0201a"
	zone   = "#e4efe0"
)

// canvas is a drawing being made.
type canvas struct{ bytes.Buffer }

// begin opens a drawing of a size, with what it is called and what it tells.
func begin(id string, wide, high int, title, desc string) *canvas {
	c := &canvas{}
	c.add(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="13" direction="ltr" role="img" class="chart" aria-labelledby="%s-title %s-desc">`+"\n", wide, high, id, id)
	c.add(`<title id="%s-title">%s</title><desc id="%s-desc">%s</desc>`+"\n", id, text(title), id, text(desc))
	c.add(`<rect class="paper" width="%d" height="%d" fill="%s"/>`+"\n", wide, high, paper)
	return c
}

func (c *canvas) add(format string, args ...any) { fmt.Fprintf(c, format, args...) }

func (c *canvas) end() []byte {
	c.WriteString("</svg>\n")
	return c.Bytes()
}

// words writes a text at a place.
func (c *canvas) words(x, y float64, class, colour, s string) {
	c.add(`<text class="%s" x="%.1f" y="%.1f" fill="%s">%s</text>`+"\n", class, x, y, colour, text(s))
}

// beside writes a text so far beside a place: on its left where the right margin is
// near, so that nothing is cut off.
func (c *canvas) beside(x, y, off float64, class, colour, s string) {
	if x < left+plotWide*2/3 {
		c.words(x+off, y, class, colour, s)
		return
	}
	c.add(`<text class="%s" x="%.1f" y="%.1f" text-anchor="end" fill="%s">%s</text>`+"\n", class, x-off, y, colour, text(s))
}

// mark draws one side's sign: ours a disc, theirs a square.
func (c *canvas) mark(x, y float64, us bool) {
	if us {
		c.add(`<circle class="ours" cx="%.1f" cy="%.1f" r="5" fill="%s"/>`+"\n", x, y, ours)
		return
	}
	c.add(`<rect class="theirs" x="%.1f" y="%.1f" width="9" height="9" fill="%s"/>`+"\n", x-4.5, y-4.5, theirs)
}

func text(s string) string {
	var b bytes.Buffer
	_ = xml.EscapeText(&b, []byte(show.Text(s)))
	return b.String()
}
