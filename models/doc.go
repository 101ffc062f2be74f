// Package models holds Promela models of what binds in the talks, small enough
// for Spin (Holzmann, The Spin Model Checker) to visit every state that they can
// reach: every order of acts, every delay, every loss.
//
//	seal.pml     crossing offers on one name: accept, seal, release, withdraw
//	ratify.pml   two principals and a depositary: one answer each, for good
//	pen.pml      the pen of a decision chain, passed on, moved or cut off
//
// A model says in its first comment what it promises, and which of its rules can
// be left out by a switch. The tests run each model as it stands, which must
// break no promise and must reach what it is about; and once for each rule left
// out, which must break one. A model that kept its promises without its rules
// would say nothing about the rules.
//
// The models speak of the rules, not of the code: the code is held to the same
// rules by the tests of the packages parley and channel.
package models
