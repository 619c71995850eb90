/* ---- the sweeper, storage, the servers ---- */

#ifdef LINE
#define HALF(r) (UNFINISHED(r) && entry[r] && MISSING(r) && !msg[r] && !HELD(r) && (owner[0] == (r) + 1 || owner[1] == (r) + 1))
#define NEEDS(r) (STARTABLE(r) && !msg[r] && again[r] == 0 && (doc[r] == WAITING || doc[r] == QUEUED))
#define STALE(r) (entry[r] && (doc[r] == ENDED || doc[r] == NONE) && leaving != (r) + 1)
#define OVER(r) (again[r] != 0 && !live[again[r] - 1])
#endif

proctype World()
{
end:
	do
	:: atomic { if
	/* abandonedRuns: nobody's lease lives; by a clock that steps, queued for long */
	:: d_step { UNFINISHED(0) && !MISSING(0) && !msg[0] && !HELD(0) -> msg[0] = true }
	:: d_step { UNFINISHED(1) && !MISSING(1) && !msg[1] && !HELD(1) -> msg[1] = true }
	:: d_step { FAULT && doc[0] == QUEUED && !msg[0] && !MISSING(0) -> faults++; msg[0] = true }
	:: d_step { FAULT && doc[1] == QUEUED && !msg[1] && !MISSING(1) -> faults++; msg[1] = true }
#if R == 3
	:: d_step { UNFINISHED(2) && !MISSING(2) && !msg[2] && !HELD(2) -> msg[2] = true }
	:: d_step { FAULT && doc[2] == QUEUED && !msg[2] && !MISSING(2) -> faults++; msg[2] = true }
#endif
#ifdef LINE
	/* a start that was broken off half way */
	:: d_step { HALF(0) -> msg[0] = true }
	:: d_step { HALF(1) -> msg[1] = true }
	/* startable in sweep-line.ts: heads whose servers are free, and entries that say nothing any more */
#ifndef NO_NET
	:: d_step { NEEDS(0) -> msg[0] = true }
	:: d_step { NEEDS(1) -> msg[1] = true }
#endif
	:: d_step { STALE(0) -> entry[0] = false }
	:: d_step { STALE(1) -> entry[1] = false }
	/* the claim that it met is over, or the run that came of it */
	:: d_step { OVER(0) -> again[0] = 0; msg[0] = true }
	:: d_step { OVER(1) -> again[1] = 0; msg[1] = true }
	/* a document that never got its entry: its POST is gone */
	:: d_step { doc[0] == WAITING && !entry[0] && (post[0] == ANSWERED) -> endRun(0); wrote(0) }
	:: d_step { doc[1] == WAITING && !entry[1] && (post[1] == ANSWERED) -> endRun(1); wrote(1) }
	:: d_step { FAULT && doc[0] == WAITING && !entry[0] && post[0] == ENTRY -> faults++; endRun(0); wrote(0) }
	:: d_step { FAULT && doc[1] == WAITING && !entry[1] && post[1] == ENTRY -> faults++; endRun(1); wrote(1) }
	/* somebody cancels what waits: document, entry, wake; or dies in between */
	:: d_step { FAULT && doc[0] == WAITING && leaving == 0 -> faults++; endRun(0); wrote(0); leaving = 1 }
	:: d_step { FAULT && doc[1] == WAITING && leaving == 0 -> faults++; endRun(1); wrote(1); leaving = 2 }
	:: d_step { leaving != 0 -> j = leaving - 1; entry[j] = false; leaving = 0; wake(LOCKS(j)) }
	:: d_step { leaving != 0 && FAULT -> faults++; leaving = 0 }
#if R == 3
	:: d_step { HALF(2) -> msg[2] = true }
#ifndef NO_NET
	:: d_step { NEEDS(2) -> msg[2] = true }
#endif
	:: d_step { STALE(2) -> entry[2] = false }
	:: d_step { OVER(2) -> again[2] = 0; msg[2] = true }
	:: d_step { doc[2] == WAITING && !entry[2] && (post[2] == ANSWERED) -> endRun(2); wrote(2) }
	:: d_step { FAULT && doc[2] == WAITING && leaving == 0 -> faults++; endRun(2); wrote(2); leaving = 3 }
#endif
#endif
	/* a message is lost */
	:: d_step { FAULT && msg[0] -> faults++; msg[0] = false }
	:: d_step { FAULT && msg[1] -> faults++; msg[1] = false }
	/* somebody cancels */
	:: d_step { FAULT && UNFINISHED(0) && !cancel[0] -> faults++; cancel[0] = true }
	:: d_step { FAULT && UNFINISHED(1) && !cancel[1] -> faults++; cancel[1] = true }
#if R == 3
	:: d_step { FAULT && msg[2] -> faults++; msg[2] = false }
	:: d_step { FAULT && UNFINISHED(2) && !cancel[2] -> faults++; cancel[2] = true }
#endif

	/* leases run out: those that nobody keeps at any time, others while there are faults */
	:: d_step { live[0] && !ALIVE(lease[0]) -> live[0] = false }
	:: d_step { live[0] && ALIVE(lease[0]) && FAULT -> faults++; live[0] = false }
	:: d_step { live[1] && !ALIVE(lease[1]) -> live[1] = false }
	:: d_step { live[1] && ALIVE(lease[1]) && FAULT -> faults++; live[1] = false }
	:: d_step { turn[0] > W -> turn[0] = 0 }
	:: d_step { turn[0] != 0 && turn[0] <= W && FAULT -> faults++; turn[0] = 0 }
	:: d_step { turn[1] > W -> turn[1] = 0 }
	:: d_step { turn[1] != 0 && turn[1] <= W && FAULT -> faults++; turn[1] = 0 }

	/* a session whose client is gone ends; somebody kills one */
	:: d_step { orphans[0] > 0 -> orphans[0]--; running[0]-- }
	:: d_step { orphans[1] > 0 -> orphans[1]--; running[1]-- }
	:: d_step { fence[0] == GONE && orphans[0] == 0 -> fence[0] = 0 }
	:: d_step { fence[1] == GONE && orphans[1] == 0 -> fence[1] = 0 }
	:: d_step { FAULT && fence[0] != 0 && fence[0] != GONE -> faults++; j = fence[0] - 1; abandon(j) }
	:: d_step { FAULT && fence[1] != 0 && fence[1] != GONE -> faults++; j = fence[1] - 1; abandon(j) }

	/* what is late arrives, or does not */
	:: d_step { late != NOTHING -> arrived() }
	:: d_step { late == LATE_ACQUIRE && !live[lateAt] ->
		lease[lateAt] = lateId; live[lateAt] = true; arrived() }
	:: d_step { late == LATE_RELEASE -> releaseAll(lateRun, lateId); arrived() }
	:: d_step { late == LATE_TURN -> turn[lateAt] = 0; arrived() }
	:: d_step { late == LATE_TURN_ACQUIRE && turn[lateAt] == 0 -> turn[lateAt] = LEFT; arrived() }
	:: d_step { late == LATE_CREATE && doc[lateRun] == NONE -> doc[lateRun] = QUEUED; docId[lateRun] = lateId; arrived() }
	:: d_step { late == LATE_OWNER && lease[lateAt] == lateId && live[lateAt] -> owner[lateAt] = lateRun + 1; arrived() }
	:: d_step { late == LATE_ENTER && doc[lateRun] != ENDED ->
		j = lateRun; enter(j, lateId); arrived(); wrote(j) }
	:: d_step { late == LATE_BEGIN ->
		j = lateRun; stage[AT(j, lateAt)] = BEGUN; named[AT(j, lateAt)] = true; arrived(); wrote(j) }
	:: d_step { late == LATE_END -> j = lateRun; endRun(j); arrived(); wrote(j) }

	/* nothing fails any more */
	:: d_step { FAULT -> faults = FAULTS }
	fi; normal() }
	od
}

/* endOrphans: look at the document, then at its locks, then replace it under its ETag */
proctype Sweeper()
{
end:
	do
	:: atomic { if
	:: d_step { swept == 0 && UNFINISHED(0) && FOUND(0) -> swept = 1 }
	:: d_step { swept == 0 && UNFINISHED(1) && FOUND(1) -> swept = 2 }
#if R == 3
	:: d_step { swept == 0 && UNFINISHED(2) && FOUND(2) -> swept = 3 }
#endif
	:: d_step { swept != 0 && !sweptSure -> if :: SURE(swept - 1) -> sweptSure = true :: else -> unsweep() fi }
	:: d_step { swept != 0 && sweptSure ->
		j = swept - 1;
		assert(MISSING(j));
		endRun(j); unsweep(); wrote(j) }
	fi; normal() }
	od
}
