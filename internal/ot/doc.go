// Package ot is oblivious transfer: the sender has two messages, the receiver
// gets the one that it chooses, the sender doesn't learn which, and the receiver
// learns nothing of the other.
//
// It is the endemic oblivious transfer of Masny and Rindal (CCS 2019, figure 1)
// over ML-KEM-768 (FIPS 203), in two messages. A public key of ML-KEM is a
// vector t of 768 numbers below q = 3329 and a seed ρ. With choice c, the
// receiver makes a key pair, draws a vector r[1-c] at random, sets
// r[c] = t - H(c, r[1-c]) and sends ρ, r[0] and r[1]: both look random, so the
// choice is hidden. The sender forms t[i] = r[i] + H(i, r[1-i]) for both i and
// encapsulates a secret to each. The receiver can open that of its own key. The
// other key is fixed by a hash that it can't steer, so it knows no secret to it.
//
//	receiver                                     sender
//	   | request: for each transfer ρ, r[0], r[1]   |
//	   |------------------------------------------->|
//	   | reply: ciphertexts and masked messages     |
//	   |<-------------------------------------------|
//
// The secrets are not used as they are: each message is masked by a hash over
// the secret, the session, who sends to whom, the number of the transfer, which
// of the two it is, the request and the ciphertext. So nothing can be carried
// over from another session, another place or the other direction.
//
// The transfers are random ones that mask chosen messages. A receiver who lies
// gets one message of each pair all the same. A sender who lies can put in
// whatever it wants: that is up to the protocol around it. No proof of this very
// instance has been reviewed.
package ot
