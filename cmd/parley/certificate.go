package main

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"parley/brief"
	"parley/casefile"
	"parley/frontier"
	"parley/frontier/certificate"
)

// maxCertificate bounds a certificate's file.
const maxCertificate = 256 << 20

func (a *app) certificateCommand() *cobra.Command {
	var caseFile string
	var briefs []string
	check := &cobra.Command{
		Use:   "check FILE --case CASE --brief FILE",
		Short: "Check the proof of a weighing without the solver",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			return a.checkCertificate(args[0], caseFile, briefs)
		},
	}
	check.Flags().StringVar(&caseFile, "case", "", "the case that was weighed")
	check.Flags().StringArrayVar(&briefs, "brief", nil, "each brief that it was weighed with")
	return a.group("certificate", "Proofs of weighings", check)
}

func (a *app) checkCertificate(file, caseFile string, briefFiles []string) error {
	if caseFile == "" || len(briefFiles) == 0 {
		return usage(errors.New("a proof is checked against a case and its briefs: name them with --case and --brief"))
	}
	f := weighFlags{briefs: briefFiles}
	c, briefs, err := readWeighing(caseFile, &f, &frontier.Options{})
	if err != nil {
		return err
	}
	voices, err := frontier.Voices(c, briefs...)
	if err != nil {
		return usage(err)
	}
	var positions []brief.Position
	for _, v := range voices {
		positions = append(positions, v.Position)
	}
	data, err := casefile.ReadFile(file, maxCertificate)
	if err != nil {
		return usage(err)
	}
	x := &certificate.Certificate{}
	if err := json.Unmarshal(data, x); err != nil {
		return usage(fmt.Errorf("%s: no certificate: not JSON of its shape", file))
	}
	return a.tellChecked(x, certificate.Check(c, positions, x))
}

// tellChecked prints what a check has found.
func (a *app) tellChecked(x *certificate.Certificate, found error) error {
	if found != nil && !errors.Is(found, certificate.ErrForged) {
		return usage(found)
	}
	result := struct {
		Holds     bool   `json:"holds"`
		Agreeable bool   `json:"agreeable"`
		Criterion string `json:"criterion"`
		Points    int    `json:"points"`
		Why       string `json:"why,omitempty"`
	}{Holds: found == nil, Agreeable: x.Agreeable, Criterion: x.Criterion, Points: len(x.Points)}
	if found != nil {
		result.Why = found.Error()
	}
	err := a.print(result, func(w *words) {
		switch {
		case found != nil:
			w.line("%s", result.Why)
		case !x.Agreeable:
			w.line("It holds: no exchange is agreeable.")
		default:
			w.line("It holds: the exchange is agreeable, and none has a greater value of %s.", x.Criterion)
			switch {
			case len(x.Points) > 0 && x.Points[0].Release != nil:
				w.line("Its %d points are the whole frontier.", len(x.Points))
			case len(x.Points) > 0:
				w.line("Nothing lies beyond its %d points. The exchanges of the points are not in it.", len(x.Points))
			}
		}
	})
	if err == nil && found != nil {
		return errFindings
	}
	return err
}
