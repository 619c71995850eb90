/* Exclusive names: one name, attempts of workers at two servers (shared/sync/exclusive.ts). */

#ifndef FAULTS
#define FAULTS 3
#endif
#ifndef ATTEMPTS
#define ATTEMPTS 3
#endif

#define SERVER(w) ((w) & 1)

/* The lock of the name: who has its lease, whether that lives, and who was entered as its owner. */
byte lease = 0;
bool live = false;
byte owner = 0;
/* The application lock of the name at each server: whose session has it. */
byte session[2];
/* Procedures that run with the name, wherever. */
byte running = 0;
byte faults = FAULTS;
byte ended = 0;

#define OURS (lease == w + 1)
/* Storage lets a lease that has run out be renewed while nobody else has taken it. */
#define RENEW (OURS)
#define MAY_DIE :: faults > 0 -> faults--; goto dead

proctype Attempt(byte w) {
  byte left = 0;

  if
  :: atomic { !live -> lease = w + 1; live = true }
  MAY_DIE
  fi;
#ifdef OWNER_FIRST
  left = owner;
  if
  :: atomic { OURS && live -> owner = w + 1 }
  :: atomic { !(OURS && live) -> goto gone }
  fi;
#else
  left = owner;
#endif
#ifndef NO_WAIT
  if
  :: left == 0
  :: left != 0 && session[SERVER(left - 1)] == 0
  MAY_DIE
  fi;
#endif
#ifndef OWNER_FIRST
  if
  :: atomic { OURS && live -> owner = w + 1 }
  :: atomic { !(OURS && live) -> goto gone }
  MAY_DIE
  fi;
#endif
  if
  :: atomic { session[SERVER(w)] == 0 -> session[SERVER(w)] = w + 1 }
  MAY_DIE
  fi;
#ifndef NO_CONFIRM
  if
  :: atomic { RENEW -> live = true }
  :: atomic { !RENEW -> session[SERVER(w)] = 0; goto gone }
  :: atomic { faults > 0 -> faults--; session[SERVER(w)] = 0; goto dead }
  fi;
#endif
  atomic { running++; assert(running == 1) }
  /* Its worker may die here: the procedure goes on at its server. */
  if
  :: running--; session[SERVER(w)] = 0
  :: atomic { faults > 0 -> faults-- }; running--; session[SERVER(w)] = 0; goto dead
  fi;
  atomic { if :: OURS && live -> owner = 0 :: else fi }
  atomic { if :: OURS -> live = false; lease = 0 :: else fi }
  goto done;

gone:
  /* Another has it; what it entered as owner stays. */
  skip;
dead:
  /* A lease of who is gone runs out. */
  atomic { if :: OURS -> live = false :: else fi }
done:
  ended++
}

/* A lease runs out while its holder stands still. */
proctype Time() {
  do
  :: atomic { faults > 0 && live -> faults--; live = false }
  :: ended == ATTEMPTS -> break
  od
}

init {
  byte w = 0;
  atomic {
    do
    :: w < ATTEMPTS -> run Attempt(w); w++
    :: else -> break
    od;
    run Time()
  }
  (ended == ATTEMPTS);
  assert(running == 0 && session[0] == 0 && session[1] == 0 && !live)
}
