/*
 * The lock protocol of runs (docs/architecture.md, "Locks"). README.md says which part is which
 * function. One step here is one call to storage or SQL Server and what its answer leads to.
 *
 * A process that makes no step is frozen, so freezes of any length need no step of their own.
 * Up to FAULTS faults come at any time, each of any kind; after them everything must end.
 *
 * Mutations: NO_FENCE, NO_OWNER, NO_ETAG, and OLD_SWEEP (locks listed before the document).
 * Sizes and plans: plans.h, by PLAN.
 */

#include "plans.h"

#define GONE 255 /* a session whose client is gone: its procedure ends, then its lock */

/* Documents: runs/<id>.json. The holder's id is the leases' id (engine.ts, takeOver). */
#define NONE 0
#define QUEUED 1
#define RUNNING 2
#define ENDED 3
byte doc[R];
byte docId[R];
bool holder[R];

/* Stages, two a run: pending, running, succeeded, interrupted or failed. */
#define PENDING 0
#define BEGUN 1
#define DONE 2
#define LOST 3
byte stage[R * 2];
/* Told of: the document has had this attempt. */
bool named[R * 2];
bool called[R * 2];
#define AT(r, i) ((r) * 2 + (i))

/* Answers of POSTs. */
#define OPEN 0
#define ACCEPTED 1
#define REFUSED 2
byte answer[R];

bool msg[R];
#ifdef CANCEL
bool cancel[R];
#define CANCELLED(r) cancel[r]
#else
#define CANCELLED(r) false
#endif

/* sync/<server>: the id is that of a lease that has run out, too, while somebody may renew it. */
byte lease[S];
bool live[S];
byte owner[S];
/* procedure/<server>, and the application lock in tempdb: 1 + worker, or GONE. */
byte turn[S];
bool turnLive[S];
byte fence[S];
/* Procedures at work, and those among them whose client is gone. */
byte running[S];
byte orphans[S];

/* A worker's attempt: what it is at, its run, stage and lock, ids, whether its ETag is current. */
byte pc[W];
byte doing[W];
byte at[W];
byte lock[W];
byte mine[W];
byte from[W];
byte turnMine[W];
byte then[W];
bool fresh[W];
/* It is to stop: its process ends. */
bool told[W];
byte postId[R];

/* The sweeper's candidate (1 + run), and whether its ETag is current. */
byte swept;
bool sweptFresh;
bool sweptSure;

/* One call that was answered by an error and may still arrive. */
#define NOTHING 0
#define LATE_ACQUIRE 1
#define LATE_RELEASE 2
#define LATE_TURN 3
#define LATE_TURN_ACQUIRE 4
#define LATE_CREATE 5
#define LATE_OWNER 6
#define LATE_ENTER 7
#define LATE_BEGIN 8
#define LATE_END 9
byte late;
byte lateId;
byte lateRun;
byte lateAt;
bool lateFresh;

/* Of any kind, in any order; nothing fails after the last one. */
byte faults;
#define FAULT (faults < FAULTS)

#define HAS(r, s) ((LOCKS(r) >> (s)) & 1)
#define MISSING(r) ((HAS(r, 0) && owner[0] != (r) + 1) || (HAS(r, 1) && owner[1] != (r) + 1))
#define HELD(r) ((owner[0] == (r) + 1 && live[0]) || (owner[1] == (r) + 1 && live[1]))
#define UNFINISHED(r) (doc[r] == QUEUED || doc[r] == RUNNING)
/* An owner without a document is nobody. */
#define BUSY(s) (owner[s] != 0 && UNFINISHED(owner[s] - 1))
/* Older than a lease lives, by storage's clock: no lease of its claim lives. */
#define OLD(r) (!(doc[r] == QUEUED && ((live[0] && lease[0] == docId[r]) || (live[1] && lease[1] == docId[r]))))
/* A worker whose leases are not its own any more, as its keepers will see. */
#define STRAY(w) ((HAS(doing[w], 0) && lease[0] != mine[w]) || (HAS(doing[w], 1) && lease[1] != mine[w]))
#define KEEPING(w) (pc[w] >= ENTER && pc[w] != DISOWN && pc[w] != LET_GO)
#if W == 2
#define MINE(id) (mine[0] == (id) || mine[1] == (id))
#define FROM(id) (from[0] == (id) || from[1] == (id))
#define TURN_MINE(id) (turnMine[0] == (id) || turnMine[1] == (id))
#else
#define MINE(id) (mine[0] == (id) || mine[1] == (id) || mine[2] == (id))
#define FROM(id) (from[0] == (id) || from[1] == (id) || from[2] == (id))
#define TURN_MINE(id) (turnMine[0] == (id) || turnMine[1] == (id) || turnMine[2] == (id))
#endif
#if R == 2
#define OF_RUN(id) (docId[0] == (id) || docId[1] == (id) || postId[0] == (id) || postId[1] == (id))
#else
#define OF_RUN(id) (docId[0] == (id) || docId[1] == (id) || docId[2] == (id) || postId[0] == (id) || postId[1] == (id) || postId[2] == (id))
#endif
/* Nobody who is alive is at work with it, or about to: it runs out. Any other one does by a fault. */
#define WAITS(r, id) (docId[r] == (id) && msg[r])
#if R == 2
#define ALIVE(id) (MINE(id) || postId[0] == (id) || postId[1] == (id) || WAITS(0, id) || WAITS(1, id))
#else
#define ALIVE(id) (MINE(id) || postId[0] == (id) || postId[1] == (id) || postId[2] == (id) || WAITS(0, id) || WAITS(1, id) || WAITS(2, id))
#endif
#define USED(id) (lease[0] == (id) || lease[1] == (id) || lateId == (id) || MINE(id) || FROM(id) || OF_RUN(id))
#define TURN_USED(id) (turn[0] == (id) || turn[1] == (id) || lateId == (id) || TURN_MINE(id))

#ifdef NO_OWNER
#define BUSY_SERVER(s) false
#define OWNS(r, s) true
#else
#define BUSY_SERVER(s) BUSY(s)
#define OWNS(r, s) (owner[s] == (r) + 1)
#endif
#ifdef NO_ETAG
#define CURRENT(x) true
#else
#define CURRENT(x) (x)
#endif
#ifdef NO_FENCE
#define FENCE_FREE(s) true
#define HAS_SESSION(w, s) true
#else
#define FENCE_FREE(s) (fence[s] == 0)
#define HAS_SESSION(w, s) (fence[s] == (w) + 1)
#endif

/* Every id is new: one that nothing knows any more is as good as never used. Each has its own. */
inline newId(w, id)
{
	k = R + 1 + 6 * (w);
	do
	:: USED(k) -> k++
	:: else -> break
	od;
	id = k; k = 0
}

inline newTurnId(w, id)
{
	k = 1 + 5 * (w);
	do
	:: TURN_USED(k) -> k++
	:: else -> break
	od;
	id = k; k = 0
}

/* A write of the document counts: every other ETag is out of date. */
inline wrote(r)
{
	k = 0;
	do
	:: k < W -> if :: doing[k] == r -> fresh[k] = false :: else fi; k++
	:: else -> break
	od;
	if :: swept == r + 1 -> sweptFresh = false :: else fi;
	if :: late >= LATE_ENTER && lateRun == r -> lateFresh = false :: else fi;
	k = 0
}

inline release(s, id)
{
	if :: lease[s] == id -> lease[s] = 0; live[s] = false :: else fi
}

inline releaseAll(r, id)
{
	if :: HAS(r, 0) -> release(0, id) :: else fi;
	if :: HAS(r, 1) -> release(1, id) :: else fi
}

#define send(what, r, s, id, isFresh) \
	late = what; lateRun = r; lateAt = s; lateId = id; lateFresh = isFresh

inline arrived()
{
	late = NOTHING; lateRun = 0; lateAt = 0; lateId = 0; lateFresh = false
}

/* What a worker that took the run over makes of what an earlier one left running. */
inline loseRunning(r)
{
	k = 0;
	do
	:: k < 2 ->
		if
		:: stage[AT(r, k)] == BEGUN ->
			if :: REPEATABLE(r) -> stage[AT(r, k)] = PENDING :: else -> stage[AT(r, k)] = LOST fi
		:: else
		fi;
		k++
	:: else -> break
	od;
	k = 0
}

inline enter(r, id)
{
	doc[r] = RUNNING; docId[r] = id; holder[r] = true;
	loseRunning(r)
}

inline endRun(r)
{
	doc[r] = ENDED; docId[r] = 0; holder[r] = false;
	stage[AT(r, 0)] = PENDING; stage[AT(r, 1)] = PENDING
}

/* Two begun runs never have a server in common. */
inline assertAlone(r)
{
	k = 0;
	do
	:: k < R -> assert(k == r || doc[k] != RUNNING || (LOCKS(k) & LOCKS(r)) == 0); k++
	:: else -> break
	od;
	k = 0
}

/* The next lock of its run, or S. */
inline nextLock(s, r)
{
	s++;
	if :: s < S && !HAS(r, s) -> s++ :: else fi
}

inline firstLock(s, r)
{
	s = 0;
	if :: !HAS(r, 0) -> s = 1 :: else fi
}

/* ---- a POST: SyncService.start ---- */

proctype Post(byte r)
{
	byte s;
	byte id;
	byte k;

	d_step { id = r + 1; postId[r] = id; firstLock(s, r) };

claim: /* claimServers, takeFree: look */
	if
	:: BUSY_SERVER(s) -> goto refuse
	:: !BUSY_SERVER(s) && live[s] -> goto refuse
	:: !BUSY_SERVER(s) && !live[s]
	:: d_step { FAULT -> faults++ } -> goto dead
	fi;
acquire: /* Leases.acquire */
	if
	:: d_step { !live[s] -> lease[s] = id; live[s] = true }
	:: live[s] -> goto refuse
	:: d_step { FAULT && late == NOTHING -> faults++; send(LATE_ACQUIRE, r, s, id, false) } -> goto refuse
	:: d_step { FAULT -> faults++ } -> goto dead
	fi;
	/* takeFree: look again */
	if
	:: BUSY_SERVER(s) -> goto refuse
	:: d_step { !BUSY_SERVER(s) -> nextLock(s, r) };
		if
		:: atomic { s == S -> firstLock(s, r) } -> goto create
		:: s < S -> goto claim
		fi
	:: d_step { FAULT -> faults++ } -> goto dead
	fi;

create: /* RunStore.create */
	if
	:: d_step { doc[r] = QUEUED; docId[r] = id }
	:: d_step { FAULT && late == NOTHING -> faults++; send(LATE_CREATE, r, 0, id, false) } -> goto refuse
	:: d_step { FAULT -> faults++ } -> goto dead
	fi;

own: /* ownServers, by owned in service.ts */
	if
	:: d_step { lease[s] == id && live[s] -> owner[s] = r + 1; nextLock(s, r) };
		if
		:: s == S -> goto queue
		:: s < S -> goto own
		fi
	:: !(lease[s] == id && live[s]) -> goto remove
	:: d_step { FAULT && late == NOTHING -> faults++; send(LATE_OWNER, r, s, id, false) } -> goto queue
	:: d_step { FAULT -> faults++ } -> goto dead
	fi;

remove: /* refused after all: the document goes, if it can */
	if
	:: d_step { true -> doc[r] = NONE; docId[r] = 0; wrote(r) }
	:: d_step { FAULT -> faults++ }
	fi;

refuse: /* releaseAll; answered by 409 or an error */
	if
	:: d_step { true -> releaseAll(r, id); answer[r] = REFUSED }
	:: d_step { FAULT -> faults++; answer[r] = REFUSED }
	:: d_step { FAULT && late == NOTHING -> faults++; answer[r] = REFUSED; send(LATE_RELEASE, r, 0, id, false) }
	fi;
	goto dead;

queue: /* 202, and the message */
	if
	:: d_step { answer[r] = ACCEPTED; msg[r] = true }
	:: d_step { FAULT -> faults++; answer[r] = ACCEPTED }
	:: d_step { FAULT -> faults++ }
	fi;

dead:
	atomic { postId[r] = 0; s = 0; id = 0 }
}

/* ---- a worker: executeRun ---- */

#define IDLE 0
#define READ 1
#define LOOK 2
#define CHANGE 3
#define RENEW 4
#define ENTER 5
#define NEXT 6
#define TAKE 7
#define TAKE_LEASE 8
#define BEGIN 9
#define CALL 10
#define CALLING 11
#define RETURNED 12
#define GIVE_LEASE 13
#define GIVE_FENCE 14
#define SUCCEED 15
#define FAIL 16
#define STOP 17
#define UNBEGIN 18
#define END 19
#define DISOWN 20
#define LET_GO 21

/* Workers at rest are all alike: the first one takes the message. */
#if W == 2
#define FIRST_IDLE(w) (pc[w] == IDLE && (w == 0 || pc[0] != IDLE))
#else
#define FIRST_IDLE(w) (pc[w] == IDLE && (w == 0 || pc[0] != IDLE) && (w != 2 || pc[1] != IDLE))
#endif

#define ON(w) SERVER(doing[w], at[w])
#define STAGE(w) stage[AT(doing[w], at[w])]
#define NAMED(w) named[AT(doing[w], at[w])]
/* It has a reason to stop: told to, cancelled, a lease lost, a write refused. */
#define MAY_STOP(w) (told[w] || STRAY(w) || CANCELLED(doing[w]) || !fresh[w])

/* The attempt is over; what has run out and was its own cannot be renewed any more. */
inline forget(w)
{
	if :: lease[0] == mine[w] && !live[0] -> lease[0] = 0 :: else fi;
	if :: lease[1] == mine[w] && !live[1] -> lease[1] = 0 :: else fi;
	if :: turn[0] == turnMine[w] && !turnLive[0] -> turn[0] = 0 :: else fi;
	if :: turn[1] == turnMine[w] && !turnLive[1] -> turn[1] = 0 :: else fi;
	pc[w] = IDLE; tidy(doing[w]); doing[w] = 0; at[w] = 0; lock[w] = 0; mine[w] = 0; from[w] = 0;
	turnMine[w] = 0; then[w] = 0; fresh[w] = false; told[w] = false
}

/* What is asked of an ended run only while somebody may still call for it. */
inline tidy(r)
{
	k = 0;
	do
	:: k < W && (pc[k] == IDLE || doing[k] != r) -> k++
	:: else -> break
	od;
	if
	:: k == W && doc[r] == ENDED && late == NOTHING ->
		named[AT(r, 0)] = false; named[AT(r, 1)] = false; called[AT(r, 0)] = false; called[AT(r, 1)] = false
	:: else
	fi;
	k = 0
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
	assert(doc[doing[w]] == RUNNING && holder[doing[w]] && docId[doing[w]] == mine[w]);
	wrote(doing[w]); fresh[w] = true
}

proctype Worker(byte w)
{
	byte k;

end:
	do
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
	:: d_step { pc[w] == READ && UNFINISHED(doing[w]) ->
		fresh[w] = true;
		newId(w, mine[w]);
		if :: !holder[doing[w]] -> from[w] = docId[doing[w]] :: else fi;
		firstLock(lock[w], doing[w]);
		pc[w] = LOOK }
	:: d_step { pc[w] == READ && !UNFINISHED(doing[w]) -> forget(w) }

	/* takeOverLocks, lock by lock */
	:: d_step { pc[w] == LOOK ->
		if
		:: OWNS(doing[w], lock[w]) -> pc[w] = CHANGE
		:: else -> pc[w] = LET_GO
		fi }
	:: d_step { pc[w] == CHANGE ->
		if
		:: from[w] != 0 && live[lock[w]] && lease[lock[w]] == from[w] -> lease[lock[w]] = mine[w]; pc[w] = RENEW
		:: else ->
			if
			:: !live[lock[w]] || lease[lock[w]] == mine[w] ->
				lease[lock[w]] = mine[w]; live[lock[w]] = true; nextLock(lock[w], doing[w]); looked(w)
			:: else -> pc[w] = LET_GO
			fi
		fi }
	:: d_step { pc[w] == CHANGE && FAULT && late == NOTHING -> faults++;
		send(LATE_ACQUIRE, doing[w], lock[w], mine[w], false); msg[doing[w]] = true; pc[w] = LET_GO }
	:: d_step { pc[w] == RENEW ->
		if
		:: lease[lock[w]] == mine[w] -> live[lock[w]] = true; nextLock(lock[w], doing[w]); looked(w)
		:: else -> pc[w] = CHANGE
		fi }

	/* Journal.write(takeOver) */
	:: d_step { pc[w] == ENTER && CURRENT(fresh[w]) ->
		assert(doc[doing[w]] != ENDED);
		wrote(doing[w]); fresh[w] = true;
		enter(doing[w], mine[w]);
		assertAlone(doing[w]);
		pc[w] = NEXT }
	:: d_step { pc[w] == ENTER && !CURRENT(fresh[w]) -> pc[w] = LET_GO }
	:: d_step { pc[w] == ENTER && FAULT && late == NOTHING -> faults++;
		send(LATE_ENTER, doing[w], 0, mine[w], fresh[w]); msg[doing[w]] = true; pc[w] = LET_GO }

	/* executeStages: the next one, or the end. Stages need the one before. */
	:: d_step { pc[w] == NEXT && fresh[w] ->
		at[w] = 0;
		if :: stage[AT(doing[w], 0)] == DONE -> at[w] = 1 :: else fi;
		if
		:: CANCELLED(doing[w]) || STAGE(w) == LOST || STAGE(w) == DONE || SERVER(doing[w], at[w]) == S -> at[w] = 0; pc[w] = END
		:: else -> pc[w] = TAKE
		fi }
	/* handed on: the holder goes, the leases stay */
	:: d_step { pc[w] == NEXT && FAULT && CURRENT(fresh[w]) -> faults++;
		counts(w); holder[doing[w]] = false; msg[doing[w]] = true; forget(w) }
	:: d_step { pc[w] == NEXT && !fresh[w] -> pc[w] = LET_GO }

	/* Turn.take: fence, then lease */
	:: d_step { pc[w] == TAKE && FENCE_FREE(ON(w)) ->
#ifndef NO_FENCE
		fence[ON(w)] = w + 1;
#endif
		pc[w] = TAKE_LEASE }
	:: d_step { pc[w] == TAKE && MAY_STOP(w) -> pc[w] = STOP }
	:: d_step { pc[w] == TAKE_LEASE && !turnLive[ON(w)] ->
		newTurnId(w, turnMine[w]); turn[ON(w)] = turnMine[w]; turnLive[ON(w)] = true; pc[w] = BEGIN }
	:: d_step { pc[w] == TAKE_LEASE && FAULT && late == NOTHING -> faults++;
		newTurnId(w, turnMine[w]); send(LATE_TURN_ACQUIRE, 0, ON(w), turnMine[w], false);
		turnMine[w] = 0; then[w] = NEXT; pc[w] = GIVE_FENCE }
	:: d_step { pc[w] == TAKE_LEASE && MAY_STOP(w) -> then[w] = STOP; pc[w] = GIVE_FENCE }

	/* runOnce in attempt.ts: running is written, then the call */
	:: d_step { pc[w] == BEGIN && CURRENT(fresh[w]) ->
		counts(w); STAGE(w) = BEGUN; NAMED(w) = true; pc[w] = CALL }
	:: d_step { pc[w] == BEGIN && !CURRENT(fresh[w]) -> then[w] = LET_GO; pc[w] = GIVE_LEASE }
	:: d_step { pc[w] == BEGIN && FAULT && late == NOTHING -> faults++;
		send(LATE_BEGIN, doing[w], at[w], mine[w], fresh[w]); msg[doing[w]] = true; fresh[w] = false;
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
	:: d_step { pc[w] == CALL && MAY_STOP(w) -> then[w] = UNBEGIN; pc[w] = GIVE_LEASE }

	/* the server: it returns, however its worker is */
	:: d_step { pc[w] == CALLING && HAS_SESSION(w, ON(w)) -> running[ON(w)]--; pc[w] = RETURNED }
	/* an attention, which rolls back */
	:: d_step { pc[w] == CALLING && HAS_SESSION(w, ON(w)) && MAY_STOP(w) ->
		running[ON(w)]--; then[w] = STOP; pc[w] = GIVE_LEASE }
	/* the connection breaks, or was cut after an attention without an answer */
	:: d_step { pc[w] == CALLING && HAS_SESSION(w, ON(w)) && FAULT -> faults++;
		abandon(w); then[w] = FAIL; pc[w] = GIVE_LEASE }
	:: d_step { pc[w] == CALLING && !HAS_SESSION(w, ON(w)) -> then[w] = FAIL; pc[w] = GIVE_LEASE }
	:: d_step { pc[w] == RETURNED -> then[w] = SUCCEED; pc[w] = GIVE_LEASE }

	/* Turn.giveBack: lease, then fence */
	:: d_step { pc[w] == GIVE_LEASE ->
		if :: turn[ON(w)] == turnMine[w] -> turn[ON(w)] = 0; turnLive[ON(w)] = false :: else fi;
		turnMine[w] = 0; pc[w] = GIVE_FENCE }
	:: d_step { pc[w] == GIVE_LEASE && FAULT && late == NOTHING -> faults++;
		send(LATE_TURN, 0, ON(w), turnMine[w], false); turnMine[w] = 0; pc[w] = GIVE_FENCE }
	:: d_step { pc[w] == GIVE_FENCE ->
		if :: fence[ON(w)] == w + 1 -> fence[ON(w)] = 0 :: else fi;
		pc[w] = then[w]; then[w] = 0 }

	/* what became of the stage; the note is written after the turn was given back at the latest */
	:: d_step { pc[w] == SUCCEED && CURRENT(fresh[w]) -> counts(w); STAGE(w) = DONE; pc[w] = NEXT }
	:: d_step { pc[w] == FAIL && CURRENT(fresh[w]) ->
		counts(w);
		if :: REPEATABLE(doing[w]) -> STAGE(w) = PENDING :: else -> STAGE(w) = LOST fi;
		pc[w] = NEXT }
	:: d_step { pc[w] == UNBEGIN && CURRENT(fresh[w]) ->
		counts(w); STAGE(w) = PENDING; NAMED(w) = false; pc[w] = STOP }
	/* stopped: the holder goes, the leases too; what may not be repeated ends the run */
	:: d_step { pc[w] == STOP && CURRENT(fresh[w]) ->
		if
		:: CANCELLED(doing[w]) -> pc[w] = END
		:: !CANCELLED(doing[w]) && STAGE(w) == BEGUN && !REPEATABLE(doing[w]) -> counts(w); STAGE(w) = LOST; pc[w] = END
		:: else ->
			counts(w); holder[doing[w]] = false;
			if :: STAGE(w) == BEGUN -> STAGE(w) = PENDING :: else fi;
			pc[w] = LET_GO
		fi }
	:: d_step { (pc[w] == SUCCEED || pc[w] == FAIL || pc[w] == UNBEGIN || pc[w] == STOP || pc[w] == END) && !CURRENT(fresh[w]) -> pc[w] = LET_GO }
	:: d_step { (pc[w] == SUCCEED || pc[w] == FAIL || pc[w] == UNBEGIN || pc[w] == STOP) && FAULT -> faults++; msg[doing[w]] = true; pc[w] = LET_GO }

	/* endRun, then disownAll */
	:: d_step { pc[w] == END && CURRENT(fresh[w]) -> counts(w); endRun(doing[w]); firstLock(lock[w], doing[w]); pc[w] = DISOWN }
	:: d_step { pc[w] == END && FAULT && late == NOTHING -> faults++;
		send(LATE_END, doing[w], 0, mine[w], fresh[w]); msg[doing[w]] = true; pc[w] = LET_GO }
	:: d_step { pc[w] == DISOWN ->
		if
		:: lease[lock[w]] == mine[w] && live[lock[w]] -> owner[lock[w]] = 0; release(lock[w], mine[w])
		:: else
		fi;
		nextLock(lock[w], doing[w]);
		if :: lock[w] == S -> forget(w) :: else fi }
	:: d_step { pc[w] == DISOWN && FAULT -> faults++;
		nextLock(lock[w], doing[w]);
		if :: lock[w] == S -> forget(w) :: else fi }

	/* releaseAll */
	:: d_step { pc[w] == LET_GO -> releaseAll(doing[w], mine[w]); forget(w) }
	:: d_step { pc[w] == LET_GO && FAULT && late == NOTHING -> faults++; send(LATE_RELEASE, doing[w], 0, mine[w], false); forget(w) }

	/* the keeper: a lease that has run out and that nobody took is ours again */
	:: d_step { KEEPING(w) && lease[0] == mine[w] && !live[0] -> live[0] = true }
	:: d_step { KEEPING(w) && lease[1] == mine[w] && !live[1] -> live[1] = true }

	:: d_step { pc[w] > READ && !told[w] && FAULT -> faults++; told[w] = true }

	/* it dies; its message comes again, or the sweeper sends one */
	:: d_step { pc[w] > READ && FAULT -> faults++; abandon(w); forget(w) }
	od
}

/* ---- the sweeper, storage, the servers ---- */

proctype World()
{
	byte k;
	byte j;

end:
	do
	/* abandonedRuns: nobody's lease lives; by a clock that steps, queued for long */
	:: d_step { UNFINISHED(0) && !MISSING(0) && !msg[0] && !HELD(0) -> msg[0] = true }
	:: d_step { UNFINISHED(1) && !MISSING(1) && !msg[1] && !HELD(1) -> msg[1] = true }
	:: d_step { FAULT && doc[0] == QUEUED && !MISSING(0) -> faults++; msg[0] = true }
	:: d_step { FAULT && doc[1] == QUEUED && !MISSING(1) -> faults++; msg[1] = true }
#if R == 3
	:: d_step { UNFINISHED(2) && !MISSING(2) && !msg[2] && !HELD(2) -> msg[2] = true }
	:: d_step { FAULT && doc[2] == QUEUED && !MISSING(2) -> faults++; msg[2] = true }
#endif
	/* a message is lost */
	:: d_step { FAULT && msg[0] -> faults++; msg[0] = false }
	:: d_step { FAULT && msg[1] -> faults++; msg[1] = false }
#ifdef CANCEL
	:: d_step { FAULT && UNFINISHED(0) && !cancel[0] -> faults++; cancel[0] = true }
	:: d_step { FAULT && UNFINISHED(1) && !cancel[1] -> faults++; cancel[1] = true }
#endif

	/* leases run out: those that nobody keeps at any time, others while there are faults */
	:: d_step { live[0] && !ALIVE(lease[0]) -> live[0] = false; if :: !MINE(lease[0]) -> lease[0] = 0 :: else fi }
	:: d_step { live[0] && FAULT -> faults++; live[0] = false; if :: !MINE(lease[0]) -> lease[0] = 0 :: else fi }
	:: d_step { live[1] && !ALIVE(lease[1]) -> live[1] = false; if :: !MINE(lease[1]) -> lease[1] = 0 :: else fi }
	:: d_step { live[1] && FAULT -> faults++; live[1] = false; if :: !MINE(lease[1]) -> lease[1] = 0 :: else fi }
	:: d_step { turnLive[0] && !TURN_MINE(turn[0]) -> turnLive[0] = false; if :: !TURN_MINE(turn[0]) -> turn[0] = 0 :: else fi }
	:: d_step { turnLive[0] && FAULT -> faults++; turnLive[0] = false; if :: !TURN_MINE(turn[0]) -> turn[0] = 0 :: else fi }
	:: d_step { turnLive[1] && !TURN_MINE(turn[1]) -> turnLive[1] = false; if :: !TURN_MINE(turn[1]) -> turn[1] = 0 :: else fi }
	:: d_step { turnLive[1] && FAULT -> faults++; turnLive[1] = false; if :: !TURN_MINE(turn[1]) -> turn[1] = 0 :: else fi }

	/* a session whose client is gone ends; somebody kills one */
	:: d_step { orphans[0] > 0 -> orphans[0]--; running[0]-- }
	:: d_step { orphans[1] > 0 -> orphans[1]--; running[1]-- }
	:: d_step { fence[0] == GONE && orphans[0] == 0 -> fence[0] = 0 }
	:: d_step { fence[1] == GONE && orphans[1] == 0 -> fence[1] = 0 }
	:: d_step { FAULT && fence[0] != 0 && fence[0] != GONE -> faults++; k = fence[0] - 1; abandon(k); k = 0 }
	:: d_step { FAULT && fence[1] != 0 && fence[1] != GONE -> faults++; k = fence[1] - 1; abandon(k); k = 0 }

	/* what is late arrives, or does not */
	:: d_step { late != NOTHING -> arrived() }
	:: d_step { late == LATE_ACQUIRE && !live[lateAt] ->
		lease[lateAt] = lateId; live[lateAt] = true; arrived() }
	:: d_step { late == LATE_RELEASE -> releaseAll(lateRun, lateId); arrived() }
	:: d_step { late == LATE_TURN ->
		if :: turn[lateAt] == lateId -> turn[lateAt] = 0; turnLive[lateAt] = false :: else fi; arrived() }
	:: d_step { late == LATE_TURN_ACQUIRE && !turnLive[lateAt] ->
		turn[lateAt] = lateId; turnLive[lateAt] = true; arrived() }
	:: d_step { late == LATE_CREATE && doc[lateRun] == NONE -> doc[lateRun] = QUEUED; docId[lateRun] = lateId; arrived() }
	:: d_step { late == LATE_OWNER && lease[lateAt] == lateId && live[lateAt] -> owner[lateAt] = lateRun + 1; arrived() }
	:: d_step { late == LATE_ENTER && CURRENT(lateFresh) && doc[lateRun] != ENDED ->
		j = lateRun; k = 0; enter(lateRun, lateId); arrived(); wrote(j); j = 0 }
	:: d_step { late == LATE_BEGIN && CURRENT(lateFresh) ->
		stage[AT(lateRun, lateAt)] = BEGUN; named[AT(lateRun, lateAt)] = true; j = lateRun; arrived(); wrote(j); j = 0 }
	:: d_step { late == LATE_END && CURRENT(lateFresh) -> j = lateRun; endRun(lateRun); arrived(); wrote(j); j = 0 }

	/* nothing fails any more */
	:: d_step { FAULT -> faults = FAULTS }
	od
}

/* endOrphans: look at the document, then at its locks, then replace it under its ETag */
#define ORPHAN(r) (MISSING(r) && !HELD(r))

proctype Sweeper()
{
	byte k;
	byte j;

end:
	do
#ifdef OLD_SWEEP
	/* the locks first: an owner may be entered between the two */
	:: d_step { swept == 0 && UNFINISHED(0) && ORPHAN(0) -> swept = 1 }
	:: d_step { swept == 0 && UNFINISHED(1) && ORPHAN(1) -> swept = 2 }
	:: d_step { swept != 0 && !sweptSure ->
		if
		:: UNFINISHED(swept - 1) && OLD(swept - 1) -> sweptFresh = true; sweptSure = true
		:: else -> swept = 0
		fi }
#else
	:: d_step { swept == 0 && UNFINISHED(0) && ORPHAN(0) && OLD(0) -> swept = 1; sweptFresh = true }
	:: d_step { swept == 0 && UNFINISHED(1) && ORPHAN(1) && OLD(1) -> swept = 2; sweptFresh = true }
#if R == 3
	:: d_step { swept == 0 && UNFINISHED(2) && ORPHAN(2) && OLD(2) -> swept = 3; sweptFresh = true }
#endif
	:: d_step { swept != 0 && !sweptSure ->
		if
		:: ORPHAN(swept - 1) -> sweptSure = true
		:: else -> swept = 0; sweptFresh = false
		fi }
#endif
	:: d_step { swept != 0 && sweptSure ->
		if
		:: CURRENT(sweptFresh) ->
			k = swept - 1;
			assert(MISSING(k));
			endRun(k); j = k; wrote(j)
		:: else
		fi;
		k = 0; j = 0; swept = 0; sweptFresh = false; sweptSure = false }
	od
}

/* When nothing can happen any more, everything that was begun has ended and nothing is held. */
proctype Monitor()
{
	byte k;

end:
	timeout ->
	d_step {
		do
		:: k < R ->
			assert(!UNFINISHED(k));
			assert(answer[k] != ACCEPTED || doc[k] == ENDED);
			k++
		:: else -> break
		od;
		k = 0;
		do
		:: k < S ->
			assert(!live[k] && !turnLive[k] && fence[k] == 0 && running[k] == 0 && !BUSY(k));
			k++
		:: else -> break
		od
	}
}

init {
	byte k;

	atomic {
		do
		:: k < R -> run Post(k); k++
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
