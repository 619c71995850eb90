/* Documents: runs/<id>.json. The holder's id is the leases' id (engine.ts, takeOver). */
#define NONE 0
#define QUEUED 1
#define RUNNING 2
#define ENDED 3
#define WAITING 4
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
bool cancel[R];

/* sync/<server>: the id is that of a lease that has run out, too, while somebody may renew it. */
byte lease[S];
bool live[S];
byte owner[S];
/* procedure/<server>: 1 + worker while its lease lives, or who had it is gone, or releases late. */
#define LEFT 254
#define LATE 253
byte turn[S];
/* The application lock in tempdb: 1 + worker, or a session whose client is gone: its procedure ends, then its lock. */
#define GONE 255
byte fence[S];
/* Procedures at work, and those among them whose client is gone. */
byte running[S];
byte orphans[S];

#define CLAIMING 0
#define ACQUIRE 1
#define ACQUIRED 2
#define CREATE 3
#define OWN 4
#define REMOVE 5
#define REFUSE 6
#define QUEUE 7
#define ANSWERED 8

/* with a line */
#define LOOK_LINE 9
#define UNCLAIM 10
#define TICKET 11
#define WRITE 12
#define ENTRY 13
#define SELF 14
/* A POST: what it is at, and its lock. Its lease's id is CLAIM. */
byte post[R];
byte claim[R];

#define IDLE 0
#define READ 1
#define LOOK 2
#define CHANGE 3
#define RENEW 4
#define ENTER 5
#define TAKE 7
#define TAKE_LEASE 8
#define BEGIN 9
#define CALL 10
#define CALLING 11
#define GIVE_LEASE 13
#define GIVE_FENCE 14
#define SUCCEED 15
#define FAIL 16
#define STOP 17
#define UNBEGIN 18
#define END 19
#define DISOWN 20
#define LET_GO 21
/* A worker's attempt: what it is at, its run, stage and lock, whether its ETag is current. */
byte pc[W];
byte doing[W];
byte at[W];
byte lock[W];
byte from[W];
byte then[W];
bool fresh[W];

#include "line.h"

/* The sweeper's candidate (1 + run), and whether it has looked at its locks. */
byte swept;
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

/* Of any kind, in any order; nothing fails after the last one. */
byte faults;
#define FAULT (faults < FAULTS)

/* No part of the state: what is worked with within a step. */
hidden byte k;
hidden byte j;

/* Lease ids: the claim of a POST, that of a worker's attempt, others of which the holder is gone. */
#define CLAIM(r) ((r) + 1)
#define ID(w) (R + 1 + (w))
#define MINE(id) ((id) > R && (id) <= R + W)

#define HAS(r, s) ((LOCKS(r) >> (s)) & 1)
#define MISSING(r) ((HAS(r, 0) && owner[0] != (r) + 1) || (HAS(r, 1) && owner[1] != (r) + 1))
#define HELD(r) ((owner[0] == (r) + 1 && live[0]) || (owner[1] == (r) + 1 && live[1]))
#define UNFINISHED(r) (doc[r] == QUEUED || doc[r] == RUNNING)
/* An owner without a document is nobody. */
#define BUSY(s) (owner[s] != 0 && UNFINISHED(owner[s] - 1))
/* Older than a lease lives, by storage's clock: no lease of its claim lives. */
#define OLD(r) (!(doc[r] == QUEUED && ((live[0] && lease[0] == docId[r]) || (live[1] && lease[1] == docId[r]))))
/* A worker whose leases are not its own any more, as its keepers will see. */
#define STRAY(w) ((HAS(doing[w], 0) && lease[0] != ID(w)) || (HAS(doing[w], 1) && lease[1] != ID(w)))
#define KEEPING(w) (pc[w] >= ENTER && pc[w] < LINED && pc[w] != DISOWN && pc[w] != LET_GO)
/* Nobody who is alive is at work with it, or about to: it runs out. Any other one does by a fault. */
#define POSTS(r, id) (CLAIM(r) == (id) && post[r] != ANSWERED)
#define WAITS(r, id) (docId[r] == (id) && msg[r])
#if R == 2
#define ALIVE(id) (MINE(id) || POSTS(0, id) || POSTS(1, id) || WAITS(0, id) || WAITS(1, id))
#else
#define ALIVE(id) (MINE(id) || POSTS(0, id) || POSTS(1, id) || POSTS(2, id) || WAITS(0, id) || WAITS(1, id) || WAITS(2, id))
#endif

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

#define ORPHAN(r) (MISSING(r) && !HELD(r) && !STANDS(r))

inline unsweep()
{
	swept = 0; sweptSure = false
}

#ifdef OLD_SWEEP
/* the locks first: an owner may be entered between the two */
#define SWEEPER_READ sweptSure
#define FOUND(r) ORPHAN(r)
#define SURE(r) (UNFINISHED(r) && OLD(r))
#else
#define SWEEPER_READ true
#define FOUND(r) (ORPHAN(r) && OLD(r))
#define SURE(r) ORPHAN(r)
#endif

/* A write of the document counts: every other ETag is out of date, and what has one comes to nothing. */
inline wrote(r)
{
	k = 0;
	do
	:: k < W -> if :: doing[k] == r -> fresh[k] = false :: else fi; k++
	:: else -> break
	od;
#ifndef NO_ETAG
	if :: swept == r + 1 && SWEEPER_READ -> unsweep() :: else fi;
	if :: late >= LATE_ENTER && lateRun == r -> arrived() :: else fi;
#endif
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

#define send(what, r, s, id) \
	late = what; lateRun = r; lateAt = s; lateId = id

inline arrived()
{
	late = NOTHING; lateRun = 0; lateAt = 0; lateId = 0
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
	doc[r] = ENDED; docId[r] = 0; holder[r] = false; cancel[r] = false;
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
