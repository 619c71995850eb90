/*
 * Who wants what. A run has one or two stages, the second needs the first, and locks the servers
 * of its sources (bit mask); a stage may be at a server that its run does not lock, as the
 * aggregate base. S where there is no second stage.
 */
#define S 2

#if PLAN == 1 /* two claims meet at server 0; one needs both servers */
#define W 2
#define R 2
#define LOCKS(r) ((r) == 0 -> 1 : 3)
#define SERVER(r, i) ((r) == 0 -> ((i) == 0 -> 0 : 1) : ((i) == 0 -> 1 : S))
#define REPEATABLE(r) ((r) == 0)
#endif

#if PLAN == 2 /* two runs side by side, each with a stage at the other's server */
#define W 2
#define R 2
#define LOCKS(r) ((r) == 0 -> 1 : 2)
#define SERVER(r, i) ((i) == 0 -> (r) : 1 - (r))
#define REPEATABLE(r) ((r) == 1)
#endif

#if PLAN == 3 /* three workers, three runs: both, and what is common to some */
#define W 3
#define R 3
#define LOCKS(r) ((r) == 0 -> 1 : ((r) == 1 -> 3 : 2))
#define SERVER(r, i) ((i) == 0 -> ((r) == 0 -> 0 : 1) : ((r) == 0 -> 1 : 0))
#define REPEATABLE(r) ((r) != 1)
#endif

/*
 * Plans with a line: runs whose POSTs wait where they may (PATIENT). A patient POST may also get in
 * line at once, as behind somebody who has gone meanwhile.
 */
#if PLAN == 4 /* two claims meet at server 0; both may wait */
#define LINE
#define W 2
#define R 2
#define LOCKS(r) ((r) == 0 -> 1 : 3)
#define SERVER(r, i) ((i) == 0 -> (r) : S)
#define REPEATABLE(r) ((r) == 0)
#define PATIENT(r) true
#endif

#if PLAN == 5 /* one waits, one does not, both at server 0 */
#define LINE
#define W 2
#define R 2
#define LOCKS(r) ((r) == 0 -> 1 : 3)
#define SERVER(r, i) ((i) == 0 -> (r) : S)
#define REPEATABLE(r) ((r) == 0)
#define PATIENT(r) ((r) == 1)
#endif

#if PLAN == 6 /* three at two servers: two wait, one does not */
#define LINE
#define W 2
#define R 3
#define LOCKS(r) ((r) == 0 -> 1 : ((r) == 1 -> 3 : 2))
#define SERVER(r, i) ((i) == 0 -> ((r) == 2 -> 1 : 0) : S)
#define REPEATABLE(r) true
#define PATIENT(r) ((r) != 2)
#endif
