package web

// pages is the table of pages, in the order of the navigation: one row for each,
// each from a file of its own.
func pages() []*page {
	return []*page{
		overviewPage(),
		peoplePage(), personPage(),
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
	}
}
