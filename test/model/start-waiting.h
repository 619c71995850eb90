	/* ---- a worker that has the message of a run in line; part of Worker's loop ---- */

	/* startWaiting: in line, and first? what was begun is gone on with; what has ended leaves */
	:: d_step { pc[w] == LINED ->
		if
		:: then[w] != WAITING && then[w] != QUEUED -> entry[doing[w]] = false; wake(LOCKS(doing[w])); forget(w)
		:: then[w] == QUEUED && (!entry[doing[w]] || !MISSING(doing[w])) -> then[w] = 0; pc[w] = LEAVE
		:: then[w] == QUEUED && entry[doing[w]] && MISSING(doing[w]) -> firstLock(lock[w], doing[w]); then[w] = 0; pc[w] = SEEK
		:: then[w] == WAITING ->
			if
			:: entry[doing[w]] && FIRST(doing[w]) -> firstLock(lock[w], doing[w]); then[w] = 0; pc[w] = SEEK
			:: else -> forget(w)
			fi
		fi }
	/* claimServers: whom it waits for wakes it; a claim, which may come to nothing, is tried again */
	:: d_step { pc[w] == SEEK ->
		if
		:: BUSY_SERVER(lock[w]) && owner[lock[w]] != doing[w] + 1 -> letGo(w)
		:: !(BUSY_SERVER(lock[w]) && owner[lock[w]] != doing[w] + 1) && live[lock[w]] -> again[doing[w]] = lock[w] + 1; letGo(w)
		:: else -> pc[w] = SEIZE
		fi }
	:: d_step { pc[w] == SEIZE ->
		if
		:: !live[lock[w]] -> lease[lock[w]] = ID(w); live[lock[w]] = true; pc[w] = SEIZED
		:: else -> again[doing[w]] = lock[w] + 1; letGo(w)
		fi }
	:: d_step { pc[w] == SEIZED ->
		if
		:: BUSY_SERVER(lock[w]) && owner[lock[w]] != doing[w] + 1 -> letGo(w)
		:: else ->
			nextLock(lock[w], doing[w]);
			if :: lock[w] == S -> lock[w] = 0; pc[w] = ENQUEUE :: else -> pc[w] = SEEK fi
		fi }
	/* the document is queued, under its ETag; then the owner, under the leases */
	:: d_step { pc[w] == ENQUEUE ->
		if
		:: CURRENT(fresh[w]) ->
			assert(doc[doing[w]] == WAITING || doc[doing[w]] == QUEUED);
			wrote(doing[w]); fresh[w] = true;
			doc[doing[w]] = QUEUED; docId[doing[w]] = ID(w); from[w] = ID(w);
			firstLock(lock[w], doing[w]); pc[w] = OWNING
		:: else -> letGo(w)
		fi }
	:: d_step { pc[w] == OWNING ->
		if
		:: lease[lock[w]] == ID(w) && live[lock[w]] ->
			owner[lock[w]] = doing[w] + 1; nextLock(lock[w], doing[w]);
			if :: lock[w] == S -> lock[w] = 0; pc[w] = LEAVE :: else fi
		:: else -> again[doing[w]] = lock[w] + 1; letGo(w)
		fi }
	/* the entry goes, and it is executed */
	:: d_step { pc[w] == LEAVE -> entry[doing[w]] = false; firstLock(lock[w], doing[w]); pc[w] = LOOK }
	:: d_step { pc[w] == WAKE -> wake(LOCKS(doing[w])); forget(w) }
