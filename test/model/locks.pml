/*
 * The lock protocol of runs (docs/architecture.md, "Locks"). README.md says which part is which
 * function. One step here is one call to storage or SQL Server and what its answer leads to.
 *
 * A process that makes no step is frozen, so freezes of any length need no step of their own.
 * Up to FAULTS faults come at any time, each of any kind; after them everything must end.
 *
 * Mutations: NO_FENCE, NO_OWNER, NO_ETAG, OLD_SWEEP (locks listed before the document), NO_LOOK (a
 * POST does not look at the line), NO_WAKE (nobody wakes), NO_NET (nor does the sweeper).
 * Sizes and plans: plans.h, by PLAN. Equal states under other names: normal.h.
 */

#include "plans.h"
#include "state.h"
#include "normal.h"
#include "post.h"
#include "worker.h"
#include "world.h"

/* When nothing can happen any more, everything that was begun has ended and nothing is held. */
proctype Monitor()
{
end:
	timeout ->
	d_step {
		k = 0;
		do
		:: k < R ->
			assert(!UNFINISHED(k) && doc[k] != WAITING && !STANDS(k));
			assert(answer[k] != ACCEPTED || doc[k] == ENDED);
			assert(post[k] == ANSWERED);
			k++
		:: else -> break
		od;
		k = 0;
		do
		:: k < S ->
			assert(!live[k] && turn[k] == 0 && fence[k] == 0 && running[k] == 0 && !BUSY(k));
			k++
		:: else -> break
		od;
		k = 0;
		do
		:: k < W -> assert(pc[k] == IDLE); k++
		:: else -> break
		od
	}
}

init {
	atomic {
		k = 0;
		do
		#ifdef LINE
		:: k < R -> post[k] = LOOK_LINE; run Post(k); k++
#else
		:: k < R -> firstLock(claim[k], k); run Post(k); k++
#endif
		:: else -> break
		od;
		k = 0;
		do
		:: k < W -> run Worker(k); k++
		:: else -> break
		od;
		run World(); run Sweeper(); run Monitor()
	}
}
