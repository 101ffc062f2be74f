// Package frontier measures package frontier against its rivals, in one run and
// on the same instances: textbook dense dynamic programming and Nemhauser and
// Ullmann's lists, written here, and the solvers HiGHS, CBC and GLPK where they
// are installed. bench/README.md tells how to run it and how to install them.
package frontier
