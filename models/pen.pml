/* One delegation with a principal (P), two devices (D1, D2) and the authority
 * over its roster (Q), and a counterpart (C). C has made two offers on one name
 * that the delegation holds. The pen of the delegation's decision chain starts
 * with D1. Who holds it accepts an offer or passes the pen to the other device,
 * and each decision names the one before it. Once, P moves the pen, or Q revokes
 * D1, with a cut: the last decision that it honours. A cut may not precede what
 * its own author had seen. C seals what it has seen accepted; P and C ratify.
 *
 * Every act carries what its author had seen, and reaches the others in any
 * order that puts causes before effects, after any delay, or never. Devices are
 * honest and late; a device that signs twice under one number is not modelled
 * here (the property tests have it).
 *
 * A decision beyond a cut that it had not seen is void, or, where the
 * counterpart built on it before it saw the cut, contested. Promised, to who
 * has seen everything: the honoured decisions are one line, and promise the name
 * once; what the counterpart built on in good faith is never void; what is in
 * force stays in force, whatever is cut later; nothing in force rests on what
 * the principal itself has cut off; two agreements on the name are never both
 * in force.
 *
 * Each of these takes one rule out, and must fail:
 *   CUTBACK        a cut may precede what its author had seen
 *   NOCUT          the pen is moved without a cut
 *   BOTHPENS       who has passed the pen goes on writing
 *   UNCHAINED      who gets the pen does not name the decision before
 *   BLINDRATIFY    the principal ratifies what it has cut off
 *   RECEIPTWINS    what was built on is honoured beyond the cut
 *   VOIDRECEIPTED  what was built on is void beyond the cut
 *   UNDO           a cut undoes what is in force
 */
#include "claims.h"

#define P  0
#define Q  1
#define D1 2
#define D2 3
#define C  4
#define OTHER(device) (5 - (device))

/* The acts: decisions 0, 1, 2, then one of each of these. */
#define DECISIONS 3
#define NOTHING   3        /* the decision before the first; its own prior */
#define CUT       3
#define SEAL      4        /* and 5: by offer */
#define RATIFY    6        /* and 7: by P */
#define COUNTER   8        /* and 9: C's ratification */
#define BIT(i)    (1 << (i))
#define HAS(set, i) ((set) & BIT(i))

short done;                /* the set of acts */
short past[10];            /* by act: what its author had seen */
short seen[5];             /* by author, its own acts too */
byte decisions;            /* how many there are */
byte prior[4] = NOTHING;   /* by decision */
byte what[3];              /* by decision: the offer accepted, or PASS */
byte by[3];                /* by decision: the device */
byte cutAt, cutBy, penTo;
byte sealOf[2];            /* by offer: the accept that is sealed */
bool wasInForce[2];

#define PASS 2
#define DECIDED (BIT(0) | BIT(1) | BIT(2))

/* INTEREST: which acts an author needs; the rest changes nothing for it. */
#define INTEREST(a) ((a) == P -> (DECIDED | BIT(CUT) | BIT(SEAL) | BIT(SEAL + 1)) : ((a) == Q -> DECIDED : (DECIDED | BIT(CUT))))

/* UPTO: decision x is y or before it. */
#define UPTO(x, y) ((y) == (x) || prior[y] == (x) || prior[prior[y]] == (x))

#define RESTS(o, x)      (HAS(done, SEAL + (o)) && sealOf[o] == (x) && !HAS(past[SEAL + (o)], CUT))
#define BUILTON(x)       (RESTS(0, x) || RESTS(1, x))
#define CUTOFF(x, view)  (HAS(view, CUT) && !HAS(past[x], CUT) && !UPTO(x, cutAt))

#ifdef NOCUT
#define BEYOND(x, view) false
#else
#ifdef RECEIPTWINS
#define BEYOND(x, view) (CUTOFF(x, view) && !BUILTON(x))
#else
#define BEYOND(x, view) CUTOFF(x, view)
#endif
#endif
#ifdef VOIDRECEIPTED
#define VOID(x) BEYOND(x, done)
#else
#define VOID(x) (BEYOND(x, done) && !BUILTON(x))
#endif

#define HONOURED(x, view) (HAS(view, x) && !BEYOND(x, view))
#define PROMISES(x, view) (HONOURED(x, view) && what[x] != PASS)
#define PROMISED(view)    (PROMISES(0, view) || PROMISES(1, view) || PROMISES(2, view))

/* HEAD: the last decision that stands, for who has seen view. A decision is
 * always made after the one that it follows. */
#define HEAD(view) (HONOURED(2, view) -> 2 : (HONOURED(1, view) -> 1 : (HONOURED(0, view) -> 0 : NOTHING)))

#define MOVED(h, view)  (HAS(view, CUT) && UPTO(h, cutAt))
#define HOLDER(h, view) (MOVED(h, view) -> penTo : ((h) == NOTHING -> D1 : (what[h] == PASS -> OTHER(by[h]) : by[h])))

#ifdef BOTHPENS
#define MAYWRITE(me, h, view) (HOLDER(h, view) == me || ((h) != NOTHING && !MOVED(h, view) && by[h] == me))
#else
#define MAYWRITE(me, h, view) (HOLDER(h, view) == me)
#endif

#ifdef CUTBACK
#define COVERS(at, view) true
#else
#define COVERED(x, at, view) (!HAS(view, x) || UPTO(x, at))
#define COVERS(at, view) (COVERED(0, at, view) && COVERED(1, at, view) && COVERED(2, at, view))
#endif

#define RATIFIED(o) (HAS(done, RATIFY + (o)) && HAS(done, COUNTER + (o)))
#ifdef UNDO
#define INFORCE(o) (RATIFIED(o) && !BEYOND(sealOf[o], done))
#else
#define INFORCE(o) RATIFIED(o)
#endif
#ifdef BLINDRATIFY
#define CANRATIFY(o) true
#else
#define CANRATIFY(o) (!BEYOND(sealOf[o], n))
#endif

#define ONELINE(x, y)  (!(HONOURED(x, done) && HONOURED(y, done) && prior[x] == prior[y]))
#define ONEPROMISE(x, y) (!(PROMISES(x, done) && PROMISES(y, done)))
#define CONTESTED(x)   (BEYOND(x, done) && BUILTON(x))

inline judge() {
	PROMISE("the honoured decisions are one line", ONELINE(0, 1) && ONELINE(0, 2) && ONELINE(1, 2))
	PROMISE("the name is promised once", ONEPROMISE(0, 1) && ONEPROMISE(0, 2) && ONEPROMISE(1, 2))
	o = 0;
	do
	:: o < 2 ->
		PROMISE("what is in force stays in force", !wasInForce[o] || INFORCE(o))
		wasInForce[o] = INFORCE(o);
		PROMISE("nothing in force rests on what its principal cut off", !(INFORCE(o) && cutBy == P && CUTOFF(sealOf[o], done)))
		PROMISE("what was built on in good faith is not void", !(RESTS(o, sealOf[o]) && VOID(sealOf[o])))
		REACHED(0, "an agreement is in force", INFORCE(o))
		REACHED(1, "what was accepted after a cut is in force", INFORCE(o) && HAS(past[sealOf[o]], CUT))
		REACHED(2, "what was accepted after a pass is in force", INFORCE(o) && by[sealOf[o]] == D2 && !HAS(done, CUT))
		REACHED(3, "what is in force has been cut off by the authority", INFORCE(o) && CUTOFF(sealOf[o], done))
		REACHED(4, "a sealed accept is contested", HAS(done, SEAL + o) && CONTESTED(sealOf[o]))
		REACHED(5, "one accept is contested and the other in force", INFORCE(o) && HAS(done, SEAL + 1 - o) && CONTESTED(sealOf[1 - o]) && !CUTOFF(sealOf[o], done))
		o++
	:: else -> break
	od;
	PROMISE("one name, one agreement in force", !(INFORCE(0) && INFORCE(1)))
	REACHED(6, "an accept is void", decisions > 0 && what[0] != PASS && VOID(0))
	REACHED(7, "the principal moves the pen to who held it", HAS(done, CUT) && cutBy == P && penTo == D1 && cutAt == NOTHING)
	REACHED(8, "a pass is cut off and the pen is back", HAS(done, 0) && what[0] == PASS && CUTOFF(0, done) && HAS(done, 1) && by[1] == D1)
	o = 0
}

/* learn: n becomes what author a knows next: what it knew, and any acts that
 * are there, causes before effects. It is kept only if a then acts on it. */
inline learn(a) {
	n = seen[a];
	i = 0;
	do
	:: i <= SEAL + 1 ->
		if
		:: HAS(done & ~seen[a] & INTEREST(a), i) -> n = n | BIT(i)
		:: true
		fi;
		i++
	:: else -> break
	od;
	i = 0;
	do
	:: i <= SEAL + 1 && HAS(n, i) && (past[i] & ~n & INTEREST(a)) -> n = seen[a]; break
	:: i <= SEAL + 1 && !(HAS(n, i) && (past[i] & ~n & INTEREST(a))) -> i++
	:: else -> break
	od;
	i = 0
}

/* sign: author a has learned n, and acts. */
inline sign(a, signed) {
	past[signed] = n;
	done = done | BIT(signed);
	seen[a] = n | BIT(signed);
	judge()
}

proctype device(byte me) {
	byte i, o, h;
	short n;
end:	do
	:: decisions < DECISIONS -> atomic {
		learn(me);
		h = HEAD(n);
		if
		:: decisions < DECISIONS && MAYWRITE(me, h, n) ->
			if
			:: !PROMISED(n) -> what[decisions] = 0
			:: !PROMISED(n) -> what[decisions] = 1
			:: what[decisions] = PASS
			fi;
#ifdef UNCHAINED
			prior[decisions] = (h != NOTHING && by[h] != me -> NOTHING : h);
#else
			prior[decisions] = h;
#endif
			by[decisions] = me;
			decisions++;
			sign(me, decisions - 1)
		:: else
		fi;
		h = 0; n = 0
	   }
	od
}

/* cut: author a honours the chain up to a decision that it has seen, or nothing
 * of it, and gives the pen to a device. */
inline cut(a) {
	if
	:: i = 0 :: i = 1 :: i = 2 :: i = NOTHING
	fi;
	if
	:: !HAS(done, CUT) && (i == NOTHING || HAS(n, i)) && COVERS(i, n) ->
		cutAt = i; cutBy = a;
		if
		:: penTo = D2
		:: a == P -> penTo = D1
		fi;
		sign(a, CUT)
	:: else
	fi;
	i = 0; n = 0
}

active proctype principal() {
	byte i, o;
	short n;
end:	do
	:: !HAS(done, CUT) -> atomic { learn(P); cut(P) }
	:: !HAS(done, RATIFY) && !HAS(done, RATIFY + 1) -> atomic {
		learn(P);
		if
		:: o = 0
		:: o = 1
		fi;
		if
		:: HAS(n, SEAL + o) && CANRATIFY(o) -> sign(P, RATIFY + o)
		:: else
		fi;
		o = 0; n = 0
	   }
	od
}

active proctype authority() {
	byte i, o;
	short n;
end:	do
	:: !HAS(done, CUT) -> atomic { learn(Q); cut(Q) }
	od
}

active proctype counterpart() {
	byte i, o, x, act;
	short n;
end:	do
	:: decisions > 0 -> atomic {
		learn(C);
		if
		:: x = 0 :: x = 1 :: x = 2
		fi;
		act = 0;
		if
		:: PROMISES(x, n) && !HAS(done, SEAL + what[x]) -> sealOf[what[x]] = x; act = SEAL + what[x]
		:: PROMISES(x, n) && HAS(done, SEAL + what[x]) && sealOf[what[x]] == x && !HAS(done, COUNTER + what[x]) -> act = COUNTER + what[x]
		:: else
		fi;
		if
		:: act -> sign(C, act)
		:: else
		fi;
		x = 0; n = 0; act = 0
	   }
	od
}

init {
	atomic { run device(D1); run device(D2) }
}
