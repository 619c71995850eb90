/*
 * The line: runs that wait, in the order of their tickets (docs/architecture.md, "Locks"). In plans
 * without one nobody is patient and nobody stands anywhere.
 */

/* Of a run that has waited: looked at in line, claimed, queued, owned, taken out. */
#define LINED 22
#define SEEK 23
#define SEIZE 24
#define SEIZED 25
#define ENQUEUE 26
#define OWNING 27
#define LEAVE 28
#define WAKE 29

#ifdef LINE
/* waiting/<ticket>-<id>.json; tickets are an order. */
bool entry[R];
byte ticket[R];
/* A run whose message comes again once the claim that it met is over: 1 + the server. */
byte again[R];
/* Somebody has cancelled a run that waits, and is about to take its entry out: 1 + run. */
byte leaving;
/* Runs that were in line when a POST looked, and that it would overtake (bit mask). */
byte seen[R];
#define BEFORE(k, r) (entry[k] && (k) != (r) && (LOCKS(k) & LOCKS(r)) != 0)
#define AHEAD(k, r) (BEFORE(k, r) && ticket[k] < ticket[r])
#if R == 2
#define FIRST(r) (!AHEAD(0, r) && !AHEAD(1, r))
#define MOST_TICKET (ticket[0] > ticket[1] -> ticket[0] : ticket[1])
#define IN_LINE(r) ((BEFORE(0, r) -> 1 : 0) | (BEFORE(1, r) -> 2 : 0))
#else
#define FIRST(r) (!AHEAD(0, r) && !AHEAD(1, r) && !AHEAD(2, r))
#define MOST_OF(a, b) ((a) > (b) -> (a) : (b))
#define MOST_TICKET MOST_OF(MOST_OF(ticket[0], ticket[1]), ticket[2])
#define IN_LINE(r) ((BEFORE(0, r) -> 1 : 0) | (BEFORE(1, r) -> 2 : 0) | (BEFORE(2, r) -> 4 : 0))
#endif
#define FREE_FOR(r, s) (!live[s] && (owner[s] == (r) + 1 || !BUSY(s)))
#define STARTABLE(r) (entry[r] && FIRST(r) && (!HAS(r, 0) || FREE_FOR(r, 0)) && (!HAS(r, 1) || FREE_FOR(r, 1)))
#else
#define PATIENT(r) false
#define STANDS(r) false
#endif
#ifdef LINE
#define STANDS(r) entry[r]
#endif

#ifdef LINE
/* Whoever is first at all of his servers and waits for any of these gets his message. */
#ifdef NO_WAKE
#define WAKES(r, locks) false
#else
#define WAKES(r, locks) (entry[r] && (LOCKS(r) & (locks)) != 0 && FIRST(r))
#endif
inline wake(locks)
{
	k = 0;
	do
	:: k < R -> if :: WAKES(k, locks) -> msg[k] = true :: else fi; k++
	:: else -> break
	od;
	k = 0
}
#endif
