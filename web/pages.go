package web

import "slices"

// Acts names every page, as PAGE, and what each lets its user do, as PAGE/ACT,
// ascending.
func Acts() []string {
	var out []string
	for _, p := range pages() {
		out = append(out, p.name)
		for _, a := range p.acts {
			out = append(out, p.name+"/"+a.name)
		}
	}
	slices.Sort(out)
	return out
}

// pages is the table of pages, in the order of the navigation: one row for each,
// each from a file of its own.
func pages() []*page {
	return []*page{
		overviewPage(),
		peoplePage(), personPage(), registryPage(),
		offersPage(), offerPage(),
		weighPage(),
		agreementsPage(), agreementPage(),
		handoverPage(), interviewsPage(),
		backPage(),
		settlementPage(),
		listsPage(), matchPage(), pairPage(), roundPage(),
		recordPage(),
		transcriptPage(),
		membersPage(),
		reviewPage(),
	}
}
