/* ---- a POST: SyncService.start ---- */

inline answered(r, what)
{
	answer[r] = what; post[r] = ANSWERED
}

inline leave(r, next)
{
	claim[r] = 0; post[r] = next
}

/* Somebody else has it. */
inline busy(r)
{
	if :: PATIENT(r) -> leave(r, UNCLAIM) :: else -> leave(r, REFUSE) fi
}

proctype Post(byte r)
{
end:
	do
	:: atomic { if
#ifdef LINE
	/* startRun: who is in line is looked at before anything is claimed */
	:: d_step { post[r] == LOOK_LINE ->
		seen[r] = IN_LINE(r);
#ifdef NO_LOOK
		firstLock(claim[r], r); post[r] = CLAIMING
#else
		if
		:: seen[r] == 0 -> firstLock(claim[r], r); post[r] = CLAIMING
		:: else -> busy(r)
		fi
#endif
		}
	:: d_step { post[r] == LOOK_LINE && PATIENT(r) -> post[r] = TICKET }
	:: d_step { post[r] == UNCLAIM -> releaseAll(r, CLAIM(r)); post[r] = TICKET }
	/* writeWaiting: ticket, document; enterLine: entry, and its own message where it is the first */
	:: d_step { post[r] == TICKET -> ticket[r] = MOST_TICKET + 1; post[r] = WRITE }
	:: d_step { post[r] == WRITE -> doc[r] = WAITING; docId[r] = 0; post[r] = ENTRY }
	:: d_step { post[r] == ENTRY -> entry[r] = true; post[r] = SELF }
	:: d_step { post[r] == ENTRY && FAULT -> faults++; answered(r, ACCEPTED) }
	:: d_step { post[r] == SELF ->
		if :: WAKES(r, LOCKS(r)) -> msg[r] = true :: else fi;
		answered(r, ACCEPTED) }
#endif
	/* claimServers, takeFree: look */
	:: d_step { post[r] == CLAIMING -> if :: BUSY_SERVER(claim[r]) || live[claim[r]] -> busy(r) :: else -> post[r] = ACQUIRE fi }
	/* Leases.acquire */
	:: d_step { post[r] == ACQUIRE ->
		if
		:: !live[claim[r]] -> lease[claim[r]] = CLAIM(r); live[claim[r]] = true; post[r] = ACQUIRED
		:: else -> busy(r)
		fi }
	:: d_step { post[r] == ACQUIRE && FAULT && late == NOTHING -> faults++;
		send(LATE_ACQUIRE, r, claim[r], CLAIM(r)); leave(r, REFUSE) }
	/* takeFree: look again */
	:: d_step { post[r] == ACQUIRED ->
		if
		:: BUSY_SERVER(claim[r]) -> busy(r)
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
#ifdef LINE
			/* nobody who was in line before it had asked is overtaken */
			assert((seen[r] & IN_LINE(r)) == 0);
#endif
			owner[claim[r]] = r + 1; nextLock(claim[r], r);
			if :: claim[r] == S -> leave(r, QUEUE) :: else fi
		:: else -> leave(r, REMOVE)
		fi }
	:: d_step { post[r] == OWN && FAULT && late == NOTHING -> faults++; send(LATE_OWNER, r, claim[r], CLAIM(r)); leave(r, QUEUE) }

	/* refused after all: the document goes, if it can */
	:: d_step { post[r] == REMOVE -> doc[r] = NONE; docId[r] = 0; wrote(r); busy(r) }
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
