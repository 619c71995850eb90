/* ---- a POST: SyncService.start ---- */

#define CLAIMING 0
#define ACQUIRE 1
#define ACQUIRED 2
#define CREATE 3
#define OWN 4
#define REMOVE 5
#define REFUSE 6
#define QUEUE 7
#define ANSWERED 8

inline answered(r, what)
{
	answer[r] = what; post[r] = ANSWERED
}

inline leave(r, next)
{
	claim[r] = 0; post[r] = next
}

proctype Post(byte r)
{
end:
	do
	:: atomic { if
	/* claimServers, takeFree: look */
	:: d_step { post[r] == CLAIMING -> if :: BUSY_SERVER(claim[r]) || live[claim[r]] -> leave(r, REFUSE) :: else -> post[r] = ACQUIRE fi }
	/* Leases.acquire */
	:: d_step { post[r] == ACQUIRE ->
		if
		:: !live[claim[r]] -> lease[claim[r]] = CLAIM(r); live[claim[r]] = true; post[r] = ACQUIRED
		:: else -> leave(r, REFUSE)
		fi }
	:: d_step { post[r] == ACQUIRE && FAULT && late == NOTHING -> faults++;
		send(LATE_ACQUIRE, r, claim[r], CLAIM(r)); leave(r, REFUSE) }
	/* takeFree: look again */
	:: d_step { post[r] == ACQUIRED ->
		if
		:: BUSY_SERVER(claim[r]) -> leave(r, REFUSE)
		:: else ->
			nextLock(claim[r], r);
			if :: claim[r] == S -> leave(r, CREATE) :: else -> post[r] = CLAIMING fi
		fi }

	/* RunStore.create */
	:: d_step { post[r] == CREATE -> doc[r] = QUEUED; docId[r] = CLAIM(r); firstLock(claim[r], r); post[r] = OWN }
	:: d_step { post[r] == CREATE && FAULT && late == NOTHING -> faults++; send(LATE_CREATE, r, 0, CLAIM(r)); post[r] = REFUSE }

	/* ownServers, by owned in service.ts */
	:: d_step { post[r] == OWN ->
		if
		:: lease[claim[r]] == CLAIM(r) && live[claim[r]] ->
			owner[claim[r]] = r + 1; nextLock(claim[r], r);
			if :: claim[r] == S -> leave(r, QUEUE) :: else fi
		:: else -> leave(r, REMOVE)
		fi }
	:: d_step { post[r] == OWN && FAULT && late == NOTHING -> faults++; send(LATE_OWNER, r, claim[r], CLAIM(r)); leave(r, QUEUE) }

	/* refused after all: the document goes, if it can */
	:: d_step { post[r] == REMOVE -> doc[r] = NONE; docId[r] = 0; wrote(r); post[r] = REFUSE }
	:: d_step { post[r] == REMOVE && FAULT -> faults++; post[r] = REFUSE }

	/* releaseAll; answered by 409 or an error */
	:: d_step { post[r] == REFUSE -> releaseAll(r, CLAIM(r)); answered(r, REFUSED) }
	:: d_step { post[r] == REFUSE && FAULT -> faults++; answered(r, REFUSED) }
	:: d_step { post[r] == REFUSE && FAULT && late == NOTHING -> faults++; send(LATE_RELEASE, r, 0, CLAIM(r)); answered(r, REFUSED) }

	/* 202, and the message */
	:: d_step { post[r] == QUEUE -> msg[r] = true; answered(r, ACCEPTED) }
	:: d_step { post[r] == QUEUE && FAULT -> faults++; answered(r, ACCEPTED) }

	/* it dies */
	:: d_step { post[r] != ANSWERED && FAULT -> faults++; claim[r] = 0; post[r] = ANSWERED }
	fi; normal() }
	od
}
