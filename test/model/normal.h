/*
 * The normal form of a state. States that differ only in what nobody will ask again, in the names
 * of ids, or in which worker is which lead to the same; only one of each is kept.
 */

/* Any id that is no longer a worker's; normal() finds it a number. */
#define NEW (R + W + 2 * R + S + 2)

hidden byte number[NEW + 1];
hidden byte numbers;
hidden int rank[W];

#define swapId(x, a, b) if :: x == (a) -> x = (b) :: x == (b) -> x = (a) :: else fi

inline eachId(a, b)
{
	swapId(lease[0], a, b); swapId(lease[1], a, b); swapId(lateId, a, b);
	swapId(docId[0], a, b); swapId(docId[1], a, b);
	swapId(from[0], a, b); swapId(from[1], a, b);
#if R == 3
	swapId(docId[2], a, b);
#endif
#if W == 3
	swapId(from[2], a, b);
#endif
}

/* NEW is never there before. */
inline rename(a, b)
{
	eachId(a, b)
}

#define swapOf(x, a, b) j = x[a]; x[a] = x[b]; x[b] = j

/* a and b change names when b comes first: the run, how far it is, and the rest. */
#define RANK(w) (pc[w] == IDLE -> 1000000 : ((((doing[w] * 32 + pc[w]) * 2 + fresh[w]) * 2 + at[w]) * 4 + lock[w]) * 32 + then[w])
inline order(a, b)
{
	if
	:: RANK(a) > RANK(b) ->
		swapOf(pc, a, b); swapOf(doing, a, b); swapOf(at, a, b); swapOf(lock, a, b);
		swapOf(from, a, b); swapOf(then, a, b); swapOf(fresh, a, b);
		eachId(ID(a), ID(b));
		swapId(turn[0], a + 1, b + 1); swapId(turn[1], a + 1, b + 1);
		swapId(fence[0], a + 1, b + 1); swapId(fence[1], a + 1, b + 1)
	:: else
	fi
}

/* Numbers in the order in which they are found. */
inline found(x)
{
	if
	:: x > R + W ->
		if :: number[x] == 0 -> numbers++; number[x] = R + W + numbers :: else fi;
		x = number[x]
	:: else
	fi
}

/* Is anybody at work on run r, from the step a to the step b? */
#define BETWEEN(w, r, a, b) (pc[w] >= (a) && pc[w] <= (b) && doing[w] == (r))
#if W == 2
#define SOMEBODY(r, a, b) (BETWEEN(0, r, a, b) || BETWEEN(1, r, a, b))
#define CALLS(r, i) ((BETWEEN(0, r, CALL, CALL) && at[0] == i) || (BETWEEN(1, r, CALL, CALL) && at[1] == i))
#else
#define SOMEBODY(r, a, b) (BETWEEN(0, r, a, b) || BETWEEN(1, r, a, b) || BETWEEN(2, r, a, b))
#define CALLS(r, i) ((BETWEEN(0, r, CALL, CALL) && at[0] == i) || (BETWEEN(1, r, CALL, CALL) && at[1] == i) || (BETWEEN(2, r, CALL, CALL) && at[2] == i))
#endif

/* No lease has it, nor will have. */
#define UNUSED(id) (!MINE(id) && lease[0] != (id) && lease[1] != (id) && lateId != (id))

inline normal()
{
	d_step {
		/* calls that come too late for anything */
		if
		:: late == LATE_RELEASE && lease[0] != lateId && lease[1] != lateId -> arrived()
		:: late == LATE_OWNER && !(lease[lateAt] == lateId && live[lateAt]) -> arrived()
		:: late == LATE_TURN && turn[lateAt] != LATE -> arrived()
		:: else
		fi;
		k = 0;
		do
		:: k < S ->
			/* what has run out can be renewed by its worker only */
			if :: !live[k] && !MINE(lease[k]) -> lease[k] = 0 :: else fi;
			if :: turn[k] == LATE && late != LATE_TURN -> turn[k] = LEFT :: else fi;
			/* an ended run owns nothing, for all who will look */
			if
			:: owner[k] != 0 && doc[owner[k] - 1] == ENDED && !SOMEBODY(owner[k] - 1, LOOK, RENEW) -> owner[k] = 0
			:: else
			fi;
			k++
		:: else -> break
		od;
		k = 0;
		do
		:: k < R ->
			if :: UNUSED(docId[k]) -> docId[k] = 0 :: else fi;
			/* asked at the call only, after it was written anew */
			if :: named[AT(k, 0)] && !CALLS(k, 0) -> named[AT(k, 0)] = false :: else fi;
			if :: named[AT(k, 1)] && !CALLS(k, 1) -> named[AT(k, 1)] = false :: else fi;
#ifdef LINE
			if :: doc[k] == ENDED && !entry[k] && post[k] == ANSWERED -> ticket[k] = 0; again[k] = 0 :: else fi;
			if :: post[k] == ANSWERED -> seen[k] = 0 :: else fi;
#endif
			if
			:: doc[k] == ENDED ->
				answer[k] = OPEN;
				if :: !SOMEBODY(k, READ, LET_GO) -> called[AT(k, 0)] = false; called[AT(k, 1)] = false :: else fi
			:: else
			fi;
			k++
		:: else -> break
		od;
		k = 0;
		do
		:: k < W -> if :: UNUSED(from[k]) -> from[k] = 0 :: else fi; k++
		:: else -> break
		od;
#if defined(LINE) && R == 2
		/* of tickets only the order counts */
		if :: ticket[0] != 0 && ticket[1] == 0 -> ticket[0] = 1 :: ticket[1] != 0 && ticket[0] == 0 -> ticket[1] = 1 :: else fi;
#endif
		order(0, 1);
#if W == 3
		order(1, 2);
		order(0, 1);
#endif
		k = 0;
		do
		:: k <= NEW -> number[k] = 0; k++
		:: else -> break
		od;
		numbers = 0;
		found(docId[0]); found(docId[1]);
#if R == 3
		found(docId[2]);
#endif
		found(lease[0]); found(lease[1]); found(lateId); found(from[0]); found(from[1]);
#if W == 3
		found(from[2]);
#endif
		numbers = 0; j = 0; k = 0
	}
}
