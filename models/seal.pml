/* Two delegations, A and B, and three offers that cross on the same names:
 *
 *   offer 0, by A: x and y      offer 1, by B: x and y      offer 2, by A: x and w
 *
 * A holds x, B holds y and w. An offer is accepted by the other side, and then
 * sealed, released or withdrawn by its own. Each side's acts reach the other in
 * the order of their chain, after any delay, or never. A side acts on what it
 * has seen: whether an act has effect is decided by its own past alone.
 *
 * Promised: no name ever stands in two sealed agreements that are both alive.
 *
 * Each of these takes one rule out, and must fail:
 *   NOLOCK            a side seals a name that its own chain has promised
 *   SEALFREE          a seal locks nothing
 *   ACCEPTFREE        an accept locks nothing
 *   EXPIRY            an accept lapses by its author's own clock
 *   SEALRELEASED      an accept is sealed after it was released
 *   RELEASESEALED     an accept is released after it was sealed
 *   WITHDRAWSEALED    an offer is withdrawn after it was sealed
 *   SEALWITHDRAWN     an offer is sealed after it was withdrawn
 *   GUESSDEAD         a side takes silence on its agreement for its end
 */
#include "claims.h"

#define A 0
#define B 1
#define OFFEROR(o) ((o) == 1)
#define NAMES(o)   ((o) == 2 -> 5 : 3)   /* bits: x 1, y 2, w 4 */
#define HELD(p)    ((p) == A -> 1 : 6)
#define ACCEPTS    2                     /* how often one offer is accepted at most */

mtype = { accept, release, withdraw, seal };
chan said[2] = [6] of { mtype, byte };   /* what a side has said and the other not seen */

byte accepts[3];      /* by the acceptor: how many it has signed */
byte releases[3];     /* by the offeror: how many of them it has let go */
bool withdrawn[3];
bool sealed[3];
bool dead[3];         /* refused by a principal */

byte acceptsSeen[3];  /* by the offeror */
byte releasesSeen[3]; /* by the acceptor */
bool withdrawnSeen[3];
bool sealedSeen[3];
bool deadSeenA[3];
bool deadSeenB[3];

#define DEADSEEN(p, o) ((p) == A -> deadSeenA[o] : deadSeenB[o])

#ifdef SEALFREE
#define SEALLOCKS(p, o) false
#else
#define SEALLOCKS(p, o) (sealed[o] && !DEADSEEN(p, o))
#endif
#ifdef EXPIRY
bool lapsed[3];       /* by the acceptor's own clock */
#define LAPSED(o) lapsed[o]
#else
#define LAPSED(o) false
#endif
#ifdef ACCEPTFREE
#define ACCEPTLOCKS(p, o) false
#else
#define ACCEPTLOCKS(p, o) (!LAPSED(o) && accepts[o] > releasesSeen[o] && !withdrawnSeen[o] && !(sealedSeen[o] && DEADSEEN(p, o)))
#endif

/* PROMISED: offer o binds p, as far as p knows, on one of the names. */
#define PROMISED(p, o, names) ((NAMES(o) & (names)) && (OFFEROR(o) == p -> SEALLOCKS(p, o) : ACCEPTLOCKS(p, o)))
#define LOCKED(p, names)      (PROMISED(p, 0, names) || PROMISED(p, 1, names) || PROMISED(p, 2, names))
#define FREE(p, o)            (!LOCKED(p, NAMES(o) & HELD(p)))

#ifdef NOLOCK
#define FREETOSEAL(p, o) true
#else
#define FREETOSEAL(p, o) FREE(p, o)
#endif
#ifdef SEALRELEASED
#define ACCEPTED(o) (acceptsSeen[o] > 0)
#else
#define ACCEPTED(o) (acceptsSeen[o] > releases[o])
#endif
#ifdef RELEASESEALED
#define RELEASABLE(o) true
#else
#define RELEASABLE(o) (!sealed[o])
#endif
#ifdef WITHDRAWSEALED
#define WITHDRAWABLE(o) true
#else
#define WITHDRAWABLE(o) (!sealed[o])
#endif
#ifdef SEALWITHDRAWN
#define SEALABLE(o) (!sealed[o])
#else
#define SEALABLE(o) (!sealed[o] && !withdrawn[o])
#endif

#define ALIVE(o)    (sealed[o] && !dead[o])
#define CROSSED     (accepts[0] > releasesSeen[0] && accepts[1] > releasesSeen[1])

inline anyOffer(o) {
	if
	:: o = 0
	:: o = 1
	:: o = 2
	fi
}

inline judge() {
	PROMISE("one name, one agreement", ALIVE(0) + ALIVE(1) + ALIVE(2) <= 1)
	REACHED(0, "an offer is sealed", sealed[0])
	REACHED(1, "crossing offers are both accepted", CROSSED)
	REACHED(2, "crossing accepts are both released", releases[0] > 0 && releases[1] > 0)
	REACHED(3, "after a release the other offer is sealed", releases[0] > 0 && sealed[1])
	REACHED(4, "a released offer is accepted again and sealed", releases[0] > 0 && accepts[0] == 2 && sealed[0])
	REACHED(5, "after a refusal another offer on the name is sealed", dead[0] && sealed[2] && accepts[0] == 1)
	REACHED(6, "both own offers are accepted, one is sealed", acceptsSeen[0] > 0 && acceptsSeen[2] > 0 && sealed[0] && releases[2] == 0)
	REACHED(7, "after a withdrawal the crossing offer is sealed", withdrawn[0] && accepts[0] > 0 && sealed[1])
}

/* act: one act on offer o, if the rules let p sign it. */
inline act(p, o) {
	if
	:: OFFEROR(o) != p && accepts[o] < ACCEPTS && accepts[o] == releasesSeen[o] &&
	   !withdrawnSeen[o] && !sealedSeen[o] && FREE(p, o) ->
		accepts[o]++; said[p]!accept(o)
	:: OFFEROR(o) == p && SEALABLE(o) && ACCEPTED(o) && FREETOSEAL(p, o) ->
		sealed[o] = true; said[p]!seal(o)
	:: OFFEROR(o) == p && RELEASABLE(o) && acceptsSeen[o] > releases[o] ->
		releases[o]++; said[p]!release(o)
	:: OFFEROR(o) == p && WITHDRAWABLE(o) && !withdrawn[o] ->
		withdrawn[o] = true; said[p]!withdraw(o)
#ifdef EXPIRY
	:: OFFEROR(o) != p && accepts[o] > releasesSeen[o] && !sealedSeen[o] -> lapsed[o] = true
#endif
#ifdef GUESSDEAD
	:: p == A && OFFEROR(o) == p && sealed[o] && !deadSeenA[o] -> deadSeenA[o] = true
#endif
	:: else
	fi
}

proctype delegation(byte p) {
	byte o;
end:	do
	:: atomic { anyOffer(o); act(p, o); judge(); o = 0 }
	:: atomic { said[1 - p]?accept(o) -> acceptsSeen[o]++; o = 0 }
	:: atomic { said[1 - p]?release(o) -> releasesSeen[o]++; o = 0 }
	:: atomic { said[1 - p]?withdraw(o) -> withdrawnSeen[o] = true; o = 0 }
	:: atomic { said[1 - p]?seal(o) -> sealedSeen[o] = true; o = 0 }
	od
}

/* A principal refuses what is sealed, or leaves it; either side hears of it late. */
active proctype principals() {
	byte o;
end:	do
	:: atomic {
		anyOffer(o);
		if
		:: ALIVE(o) -> dead[o] = true
		:: dead[o] && (OFFEROR(o) == A || sealedSeen[o]) -> deadSeenA[o] = true
		:: dead[o] && (OFFEROR(o) == B || sealedSeen[o]) -> deadSeenB[o] = true
		:: else
		fi;
		o = 0
	   }
	od
}

init {
	atomic { run delegation(A); run delegation(B) }
}
