/* ---- a worker: executeRun ---- */

/* Workers at rest are the last ones (normal.h) and all alike: the first one takes the message. */
#define FIRST_IDLE(w) (pc[w] == IDLE && (w == 0 || pc[w - 1] != IDLE))

#define ON(w) SERVER(doing[w], at[w])
#define STAGE(w) stage[AT(doing[w], at[w])]
#define NAMED(w) named[AT(doing[w], at[w])]
/* It has a reason to stop: cancelled, a lease lost, a write refused. Told to it is by a fault. */
#define MAY_STOP(w) (STRAY(w) || cancel[doing[w]] || !fresh[w])
#define STOPS(w) (MAY_STOP(w) || FAULT)
inline reason(w)
{
	if :: MAY_STOP(w) :: else -> faults++ fi
}

/* The attempt is over. */
inline forget(w)
{
	rename(ID(w), NEW);
	if :: turn[0] == w + 1 -> turn[0] = LEFT :: else fi;
	if :: turn[1] == w + 1 -> turn[1] = LEFT :: else fi;
	pc[w] = IDLE; doing[w] = 0; at[w] = 0; lock[w] = 0; from[w] = 0; then[w] = 0; fresh[w] = false
}

/* Its servers are free: whoever waits for them is woken. */
inline over(w)
{
#ifdef LINE
	lock[w] = 0; pc[w] = WAKE
#else
	forget(w)
#endif
}

/* Its leases are released next, if it has any. */
inline letGo(w)
{
	if
	:: lease[0] != ID(w) && lease[1] != ID(w) -> forget(w)
	:: else -> pc[w] = LET_GO; at[w] = 0; lock[w] = 0; from[w] = 0; then[w] = 0; fresh[w] = false
	fi
}

/* Its session's client is gone; what it ran goes on. */
inline abandon(w)
{
	if
	:: pc[w] == CALLING && HAS_SESSION(w, ON(w)) -> orphans[ON(w)]++
	:: else
	fi;
	if
	:: fence[ON(w)] == w + 1 -> fence[ON(w)] = GONE
	:: else
	fi
}

inline looked(w)
{
	if
	:: lock[w] == S -> lock[w] = 0; from[w] = 0; pc[w] = ENTER
	:: else -> pc[w] = LOOK
	fi
}

/* One of its own writes: it must still be the holder. */
inline counts(w)
{
	assert(doc[doing[w]] == RUNNING && holder[doing[w]] && docId[doing[w]] == ID(w));
	wrote(doing[w]); fresh[w] = true
}

/* executeStages: the next one, or the end. Stages need the one before. */
inline next(w)
{
	at[w] = 0;
	if :: stage[AT(doing[w], 0)] == DONE -> at[w] = 1 :: else fi;
	if
	:: cancel[doing[w]] || SERVER(doing[w], at[w]) == S || STAGE(w) == LOST || STAGE(w) == DONE -> at[w] = 0; pc[w] = END
	:: else -> pc[w] = TAKE
	fi
}

proctype Worker(byte w)
{
end:
	do
	:: atomic { if
	/* a message, which may come twice */
	:: d_step { FIRST_IDLE(w) && msg[0] -> doing[w] = 0; msg[0] = false; pc[w] = READ }
	:: d_step { FIRST_IDLE(w) && msg[1] -> doing[w] = 1; msg[1] = false; pc[w] = READ }
	:: d_step { FIRST_IDLE(w) && msg[0] && FAULT -> faults++; doing[w] = 0; pc[w] = READ }
	:: d_step { FIRST_IDLE(w) && msg[1] && FAULT -> faults++; doing[w] = 1; pc[w] = READ }
#if R == 3
	:: d_step { FIRST_IDLE(w) && msg[2] -> doing[w] = 2; msg[2] = false; pc[w] = READ }
	:: d_step { FIRST_IDLE(w) && msg[2] && FAULT -> faults++; doing[w] = 2; pc[w] = READ }
#endif
	/* RunStore.read */
	:: d_step { pc[w] == READ ->
		if
#ifdef LINE
		:: doc[doing[w]] == WAITING || (STANDS(doing[w]) && doc[doing[w]] != RUNNING) ->
			fresh[w] = true; from[w] = docId[doing[w]]; then[w] = doc[doing[w]]; pc[w] = LINED
		:: UNFINISHED(doing[w]) && !(STANDS(doing[w]) && doc[doing[w]] != RUNNING) ->
#else
		:: UNFINISHED(doing[w]) ->
#endif
			fresh[w] = true;
			if :: !holder[doing[w]] -> from[w] = docId[doing[w]] :: else fi;
			firstLock(lock[w], doing[w]);
			pc[w] = LOOK
		:: else -> forget(w)
		fi }

#ifdef LINE
#include "start-waiting.h"
#endif

	/* takeOverLocks, lock by lock */
	:: d_step { pc[w] == LOOK ->
		if
		:: OWNS(doing[w], lock[w]) -> pc[w] = CHANGE
		:: else -> letGo(w)
		fi }
	:: d_step { pc[w] == CHANGE ->
		if
		:: from[w] != 0 && live[lock[w]] && lease[lock[w]] == from[w] -> lease[lock[w]] = ID(w); pc[w] = RENEW
		:: else ->
			if
			:: !live[lock[w]] || lease[lock[w]] == ID(w) ->
				lease[lock[w]] = ID(w); live[lock[w]] = true; nextLock(lock[w], doing[w]); looked(w)
			:: else -> letGo(w)
			fi
		fi }
	:: d_step { pc[w] == CHANGE && FAULT && late == NOTHING -> faults++;
		send(LATE_ACQUIRE, doing[w], lock[w], ID(w)); msg[doing[w]] = true; letGo(w) }
	:: d_step { pc[w] == RENEW ->
		if
		:: lease[lock[w]] == ID(w) -> live[lock[w]] = true; nextLock(lock[w], doing[w]); looked(w)
		:: else -> pc[w] = CHANGE
		fi }

	/* Journal.write(takeOver) */
	:: d_step { pc[w] == ENTER ->
		if
		:: CURRENT(fresh[w]) ->
			assert(doc[doing[w]] != ENDED);
			wrote(doing[w]); fresh[w] = true;
			enter(doing[w], ID(w));
			assertAlone(doing[w]);
			next(w)
		:: else -> letGo(w)
		fi }
	:: d_step { pc[w] == ENTER && CURRENT(fresh[w]) && FAULT && late == NOTHING -> faults++;
		send(LATE_ENTER, doing[w], 0, ID(w)); msg[doing[w]] = true; letGo(w) }

	/* handed on before a stage: the holder goes, the leases stay */
	:: d_step { (pc[w] == TAKE || pc[w] == END) && FAULT && CURRENT(fresh[w]) -> faults++;
		counts(w); holder[doing[w]] = false; msg[doing[w]] = true; forget(w) }

	/* Turn.take: fence, then lease */
	:: d_step { pc[w] == TAKE && FENCE_FREE(ON(w)) ->
#ifndef NO_FENCE
		fence[ON(w)] = w + 1;
#endif
		pc[w] = TAKE_LEASE }
	:: d_step { pc[w] == TAKE && STOPS(w) -> reason(w); pc[w] = STOP }
	:: d_step { pc[w] == TAKE_LEASE && turn[ON(w)] == 0 -> turn[ON(w)] = w + 1; pc[w] = BEGIN }
	:: d_step { pc[w] == TAKE_LEASE && FAULT && late == NOTHING -> faults++;
		send(LATE_TURN_ACQUIRE, 0, ON(w), 0); then[w] = TAKE; pc[w] = GIVE_FENCE }
	:: d_step { pc[w] == TAKE_LEASE && STOPS(w) -> reason(w); then[w] = STOP; pc[w] = GIVE_FENCE }

	/* runOnce in attempt.ts: running is written, then the call */
	:: d_step { pc[w] == BEGIN ->
		if
		:: CURRENT(fresh[w]) -> counts(w); STAGE(w) = BEGUN; NAMED(w) = true; pc[w] = CALL
		:: else -> then[w] = LET_GO; pc[w] = GIVE_LEASE
		fi }
	:: d_step { pc[w] == BEGIN && CURRENT(fresh[w]) && FAULT && late == NOTHING -> faults++;
		send(LATE_BEGIN, doing[w], at[w], 0); msg[doing[w]] = true; fresh[w] = false;
		then[w] = LET_GO; pc[w] = GIVE_LEASE }
	:: d_step { pc[w] == CALL && HAS_SESSION(w, ON(w)) ->
		assert(running[ON(w)] == 0);
		assert(NAMED(w));
		assert(answer[doing[w]] != REFUSED);
		assert(REPEATABLE(doing[w]) || !called[AT(doing[w], at[w])]);
		if :: !REPEATABLE(doing[w]) -> called[AT(doing[w], at[w])] = true :: else fi;
		running[ON(w)]++;
		pc[w] = CALLING }
	:: d_step { pc[w] == CALL && !HAS_SESSION(w, ON(w)) -> then[w] = UNBEGIN; pc[w] = GIVE_LEASE }
	:: d_step { pc[w] == CALL && STOPS(w) -> reason(w); then[w] = UNBEGIN; pc[w] = GIVE_LEASE }

	/* the server: it returns, however its worker is */
	:: d_step { pc[w] == CALLING && HAS_SESSION(w, ON(w)) -> running[ON(w)]--; then[w] = SUCCEED; pc[w] = GIVE_LEASE }
	/* an attention, which rolls back */
	:: d_step { pc[w] == CALLING && HAS_SESSION(w, ON(w)) && STOPS(w) -> reason(w);
		running[ON(w)]--; then[w] = STOP; pc[w] = GIVE_LEASE }
	/* the connection breaks, or was cut after an attention without an answer */
	:: d_step { pc[w] == CALLING && HAS_SESSION(w, ON(w)) && FAULT -> faults++;
		abandon(w); then[w] = FAIL; pc[w] = GIVE_LEASE }
	:: d_step { pc[w] == CALLING && !HAS_SESSION(w, ON(w)) -> then[w] = FAIL; pc[w] = GIVE_LEASE }

	/* Turn.giveBack: lease, then fence */
	:: d_step { pc[w] == GIVE_LEASE ->
		if :: turn[ON(w)] == w + 1 -> turn[ON(w)] = 0 :: else fi;
		pc[w] = GIVE_FENCE }
	:: d_step { pc[w] == GIVE_LEASE && turn[ON(w)] == w + 1 && FAULT && late == NOTHING -> faults++;
		send(LATE_TURN, 0, ON(w), 0); turn[ON(w)] = LATE; pc[w] = GIVE_FENCE }
	:: d_step { pc[w] == GIVE_FENCE ->
		if :: fence[ON(w)] == w + 1 -> fence[ON(w)] = 0 :: else fi;
		if :: then[w] == LET_GO -> letGo(w) :: else -> pc[w] = then[w]; then[w] = 0 fi }

	/* what became of the stage; the note is written after the turn was given back at the latest */
	:: d_step { pc[w] == SUCCEED && CURRENT(fresh[w]) -> counts(w); STAGE(w) = DONE; next(w) }
	:: d_step { pc[w] == FAIL && CURRENT(fresh[w]) ->
		counts(w);
		if :: REPEATABLE(doing[w]) -> STAGE(w) = PENDING :: else -> STAGE(w) = LOST fi;
		next(w) }
	:: d_step { pc[w] == UNBEGIN && CURRENT(fresh[w]) ->
		counts(w); STAGE(w) = PENDING; NAMED(w) = false; pc[w] = STOP }
	/* stopped: the holder goes, the leases too; what may not be repeated ends the run */
	:: d_step { pc[w] == STOP && CURRENT(fresh[w]) ->
		if
		:: cancel[doing[w]] -> at[w] = 0; pc[w] = END
		:: !cancel[doing[w]] && STAGE(w) == BEGUN && !REPEATABLE(doing[w]) -> counts(w); STAGE(w) = LOST; at[w] = 0; pc[w] = END
		:: else ->
			counts(w); holder[doing[w]] = false;
			if :: STAGE(w) == BEGUN -> STAGE(w) = PENDING :: else fi;
			letGo(w)
		fi }
	:: d_step { (pc[w] == SUCCEED || pc[w] == FAIL || pc[w] == UNBEGIN || pc[w] == STOP || pc[w] == END) && !CURRENT(fresh[w]) -> letGo(w) }
	:: d_step { (pc[w] == SUCCEED || pc[w] == FAIL || pc[w] == UNBEGIN || pc[w] == STOP) && FAULT -> faults++; msg[doing[w]] = true; letGo(w) }

	/* endRun, then disownAll */
	:: d_step { pc[w] == END && CURRENT(fresh[w]) -> counts(w); endRun(doing[w]); fresh[w] = false; firstLock(lock[w], doing[w]); pc[w] = DISOWN }
	:: d_step { pc[w] == END && CURRENT(fresh[w]) && FAULT && late == NOTHING -> faults++;
		send(LATE_END, doing[w], 0, 0); msg[doing[w]] = true; letGo(w) }
	:: d_step { pc[w] == DISOWN ->
		if
		:: lease[lock[w]] == ID(w) && live[lock[w]] -> owner[lock[w]] = 0; release(lock[w], ID(w))
		:: else
		fi;
		nextLock(lock[w], doing[w]);
		if :: lock[w] == S -> over(w) :: else fi }
	:: d_step { pc[w] == DISOWN && FAULT -> faults++;
		nextLock(lock[w], doing[w]);
		if :: lock[w] == S -> over(w) :: else fi }

	/* releaseAll */
	:: d_step { pc[w] == LET_GO -> releaseAll(doing[w], ID(w)); forget(w) }
	:: d_step { pc[w] == LET_GO && FAULT && late == NOTHING -> faults++; send(LATE_RELEASE, doing[w], 0, ID(w)); forget(w) }

	/* the keeper: a lease that has run out and that nobody took is ours again */
	:: d_step { KEEPING(w) && lease[0] == ID(w) && !live[0] -> live[0] = true }
	:: d_step { KEEPING(w) && lease[1] == ID(w) && !live[1] -> live[1] = true }

	/* it dies; its message comes again, or the sweeper sends one */
	:: d_step { pc[w] > READ && FAULT -> faults++; abandon(w); forget(w) }
	fi; normal() }
	od
}
