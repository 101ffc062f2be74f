// Package garble evaluates boolean circuits between two who don't show each
// other their inputs: one garbles, the other evaluates.
//
// A circuit is not a file here but a program: Go code that asks a Machine for
// ANDs over vectors of wires. The same program run on a Garbler writes a stream
// of ciphertexts, run on an Evaluator reads it, run on a Clear computes in the
// open, and run on a Counter tells how long the stream will be. So nothing of
// the circuit is ever held: memory is what the program itself keeps.
//
//   - A wire is a 128-bit label. The garbler holds the label W that stands for
//     0; W ⊕ Δ stands for 1, with one secret Δ for all wires, so XOR costs
//     nothing (Kolesnikov and Schneider, ICALP 2008). The last bit of Δ is 1:
//     the last bit of a label, its colour, says nothing about its value.
//   - An AND costs two ciphertexts of 16 bytes (half gates: Zahur, Rosulek and
//     Evans, EUROCRYPT 2015, figure 2).
//   - The hash is TMMO, π(π(x) ⊕ i) ⊕ π(x), tweakable circular correlation
//     robust for an ideal permutation π (Guo, Katz, Wang and Yu, IEEE S&P 2020,
//     section 7.4). π is AES-128 under a key that is fresh for each run (the
//     multi-instance attack of the same authors, CRYPTO 2020, needs one key for
//     many runs).
//   - The product of a wire and a number that the evaluator knows costs one
//     ciphertext for all the values that the number may have (one-hot garbling:
//     Heath and Kolesnikov, CCS 2021). See OneHot.
//
// The machines don't know a network: a Garbler writes to an io.Writer, an
// Evaluator reads from an io.Reader. Errors are kept until Err is asked, so
// programs read as straight lines; after an error everything computed is
// without meaning and nothing more is written or read.
//
// What is garbled is safe against an evaluator who is curious, and against one
// who lies, since a label that was not sent can't be guessed. It is not safe
// against a garbler who lies: that is up to the protocol around it.
package garble
