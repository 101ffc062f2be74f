/* Two principals, 0 and 1, and two sealed agreements, 0 and 1, on one name. Two
 * such seals at once take a treacherous delegation, or a first agreement that
 * has died: the principals must hold even then. Each principal has one answer
 * per agreement, ratify or refuse. With DEPOSITARY, a neutral (author 2) also
 * has one: certify or lapse, and force waits for its certificate. Answers reach
 * each of the others in the order of their author's chain, after any delay, or
 * never.
 *
 * Promised: what is in force stays in force and is never dead; two agreements
 * on one name are never both in force; who sees an agreement in force is right;
 * a certificate means that all had ratified. Not promised, and met: the last to
 * ratify is left in doubt. ACKNOWLEDGE makes force wait for each principal's
 * signed acknowledgement of the other's ratification; all stays true, and the
 * last to acknowledge is left in the same doubt.
 *
 * Each of these takes one rule out, and must fail:
 *   SECONDANSWER   a principal refuses what it has ratified
 *   LASTWINS       of a principal's two answers the last one counts
 *   RATIFYBOTH     a principal ratifies a second agreement on the name
 *   SILENCE        a principal takes the other's silence for the agreement's end
 * and with DEPOSITARY:
 *   RECERTIFY      the depositary lets lapse what it has certified
 *   EARLY          the depositary certifies before all have ratified
 *   NOCERTIFICATE  force does not wait for the certificate, and a lapse still ends
 */
#include "claims.h"

#define NONE     0
#define YES      1   /* ratified, or certified */
#define NO       2   /* refused, or let lapse */
#define ACK      3   /* in a message only: the author has seen the other's ratification */
#define NEUTRAL  2

#define WORLD    3   /* the view of who has seen everything */

#define AT(author, a)          ((author) * 2 + (a))
#define KNOWN(view, author, a) known[(view) * 6 + AT(author, a)]

byte known[24];      /* by KNOWN(view, author, agreement): what each knows, and the world */
bool refusedToo[4];  /* by AT(author, agreement), of a principal who had ratified */
bool lapsedToo[2];   /* by agreement, of a depositary who had certified */
bool acked[4];       /* by AT(author, agreement) */
bool ackSeen[4];     /* by AT(author, agreement): the other has seen the author's acknowledgement */
byte last[2];        /* who answered last, by agreement */
bool wasInForce[2];

/* What author i says to author j stands in to[i * 3 + j]: agreement, answer. */
chan to[9] = [4] of { byte, byte };

#ifdef DEPOSITARY
#ifdef NOCERTIFICATE
#define CERTIFIED(view, a) true
#else
#define CERTIFIED(view, a) (KNOWN(view, NEUTRAL, a) == YES)
#endif
#define LAPSED(view, a)    (KNOWN(view, NEUTRAL, a) == NO || lapsedToo[a])
#else
#define CERTIFIED(view, a) true
#define LAPSED(view, a)    false
#endif
#ifdef ACKNOWLEDGE
#define BOTHACKED(a) (acked[AT(0, a)] && acked[AT(1, a)])
#else
#define BOTHACKED(a) true
#endif
#ifdef LASTWINS
#define SAIDYES(view, p, a) (KNOWN(view, p, a) == YES && !refusedToo[AT(p, a)])
#else
#define SAIDYES(view, p, a) (KNOWN(view, p, a) == YES)
#endif

#define ALLYES(view, a)  (SAIDYES(view, 0, a) && SAIDYES(view, 1, a))
#define INFORCE(a)       (ALLYES(WORLD, a) && CERTIFIED(WORLD, a) && BOTHACKED(a))
#define DEADIN(view, a)  (KNOWN(view, 0, a) == NO || KNOWN(view, 1, a) == NO || LAPSED(view, a))
#define DEAD(a)          (DEADIN(WORLD, a) || refusedToo[AT(0, a)] || refusedToo[AT(1, a)])

/* SEESFORCE: p, by what it has seen, holds the agreement to be in force. */
#ifdef ACKNOWLEDGE
#define SEESFORCE(p, a) (ALLYES(p, a) && CERTIFIED(p, a) && acked[AT(p, a)] && ackSeen[AT(1 - (p), a)])
#else
#define SEESFORCE(p, a) (ALLYES(p, a) && CERTIFIED(p, a))
#endif

inline judgeOne(a) {
	PROMISE("what is in force is not dead", !(INFORCE(a) && DEAD(a)))
	PROMISE("what is in force stays in force", !wasInForce[a] || INFORCE(a))
	PROMISE("who sees it in force is right", (!SEESFORCE(0, a) || INFORCE(a)) && (!SEESFORCE(1, a) || INFORCE(a)))
	PROMISE("a certificate means that all had ratified", KNOWN(WORLD, NEUTRAL, a) != YES || ALLYES(WORLD, a))
	wasInForce[a] = INFORCE(a)
}

inline judge() {
	judgeOne(0);
	judgeOne(1);
	PROMISE("one name, one agreement in force", !(INFORCE(0) && INFORCE(1)))
	REACHED(0, "an agreement is in force", INFORCE(0))
	REACHED(1, "an agreement is dead", DEAD(0))
	REACHED(2, "both principals refuse", KNOWN(WORLD, 0, 0) == NO && KNOWN(WORLD, 1, 0) == NO)
	REACHED(3, "after one is dead the other is in force", DEAD(0) && KNOWN(WORLD, 0, 0) == YES && INFORCE(1))
	REACHED(4, "each principal has ratified another agreement", KNOWN(WORLD, 0, 0) == YES && KNOWN(WORLD, 1, 1) == YES && KNOWN(WORLD, 0, 1) == NONE && KNOWN(WORLD, 1, 0) == NONE)
	REACHED(5, "it is in force and who ratified first can't know", INFORCE(0) && last[0] == 0 && !SEESFORCE(1, 0))
	REACHED(6, "it is in force and neither can know", INFORCE(0) && !SEESFORCE(0, 0) && !SEESFORCE(1, 0))
#ifdef DEPOSITARY
	REACHED(7, "the depositary lets lapse what all had ratified", ALLYES(WORLD, 0) && KNOWN(WORLD, NEUTRAL, 0) == NO)
	REACHED(8, "after a lapse the other is in force", KNOWN(WORLD, NEUTRAL, 0) == NO && INFORCE(1))
#endif
}

inline tell(author, a, what) {
	if :: author != 0 -> to[author * 3 + 0]!a, what :: else fi;
	if :: author != 1 -> to[author * 3 + 1]!a, what :: else fi;
#ifdef DEPOSITARY
	if :: author != NEUTRAL && what != ACK -> to[author * 3 + NEUTRAL]!a, what :: else fi;
#endif
}

#ifdef RATIFYBOTH
#define MAYRATIFY(p, a) (KNOWN(p, p, a) == NONE)
#else
#ifdef SILENCE
#define MAYRATIFY(p, a) (KNOWN(p, p, a) == NONE && (KNOWN(p, p, 1 - (a)) != YES || KNOWN(p, 1 - (p), 1 - (a)) == NONE || DEADIN(p, 1 - (a))))
#else
#define MAYRATIFY(p, a) (KNOWN(p, p, a) == NONE && (KNOWN(p, p, 1 - (a)) != YES || DEADIN(p, 1 - (a))))
#endif
#endif

inline answerOne(p, a) {
	if
	:: MAYRATIFY(p, a) -> KNOWN(p, p, a) = YES; KNOWN(WORLD, p, a) = YES; last[a] = p; tell(p, a, YES)
	:: KNOWN(p, p, a) == NONE -> KNOWN(p, p, a) = NO; KNOWN(WORLD, p, a) = NO; tell(p, a, NO)
#ifdef ACKNOWLEDGE
	:: ALLYES(p, a) && !acked[AT(p, a)] -> acked[AT(p, a)] = true; last[a] = p; tell(p, a, ACK)
#endif
#ifdef SECONDANSWER
	:: KNOWN(p, p, a) == YES -> refusedToo[AT(p, a)] = true
#endif
#ifdef LASTWINS
	:: KNOWN(p, p, a) == YES -> refusedToo[AT(p, a)] = true
#endif
	:: else
	fi
}

inline hear(from, me) {
	to[(from) * 3 + me]?a, what ->
	if
	:: what == ACK -> ackSeen[AT(from, a)] = true
	:: else -> KNOWN(me, from, a) = what
	fi
}

inline anyAgreement() {
	if
	:: a = 0
	:: a = 1
	fi
}

#define PRINCIPAL(p) \
	byte a, what; \
end:	do \
	:: atomic { \
		if \
		:: anyAgreement(); answerOne(p, a) \
		:: hear(1 - p, p) \
		:: hear(NEUTRAL, p) \
		fi; \
		judge(); a = 0; what = 0 \
	   } \
	od

active proctype principal0() { PRINCIPAL(0) }

active proctype principal1() { PRINCIPAL(1) }

#ifdef DEPOSITARY
#ifdef EARLY
#define COMPLETE(a) true
#else
#define COMPLETE(a) ALLYES(NEUTRAL, a)
#endif

inline certifyOne(a) {
	if
	:: KNOWN(NEUTRAL, NEUTRAL, a) == NONE && COMPLETE(a) -> KNOWN(NEUTRAL, NEUTRAL, a) = YES; KNOWN(WORLD, NEUTRAL, a) = YES; tell(NEUTRAL, a, YES)
	:: KNOWN(NEUTRAL, NEUTRAL, a) == NONE -> KNOWN(NEUTRAL, NEUTRAL, a) = NO; KNOWN(WORLD, NEUTRAL, a) = NO; tell(NEUTRAL, a, NO)
#ifdef RECERTIFY
	:: KNOWN(NEUTRAL, NEUTRAL, a) == YES -> lapsedToo[a] = true
#endif
	:: else
	fi
}

active proctype depositary() {
	byte a, what;
end:	do
	:: atomic {
		if
		:: anyAgreement(); certifyOne(a)
		:: hear(0, NEUTRAL)
		:: hear(1, NEUTRAL)
		fi;
		judge(); a = 0; what = 0
	   }
	od
}
#endif
