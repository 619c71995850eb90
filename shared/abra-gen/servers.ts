/** Connections to ABRA Gen servers, and what limits their use. */

import { type Limits, Servers } from '../outbound/servers.ts';

export interface AbraGenLimits extends Limits {
  /** For the head of a query's answer, in milliseconds. */
  headMs: number;
  /** The longest silence within an answer to a query, in milliseconds. */
  idleMs: number;
  /** Lists and definitions older than this are fetched anew, in milliseconds. */
  maxAgeMs: number;
  /** Before a query is refused, a definition older than this is fetched anew, in milliseconds. */
  refusalAgeMs: number;
  /** Monotonic milliseconds. */
  now: () => number;
}

const defaults: AbraGenLimits = {
  requestsPerServer: 8,
  connectMs: 10_000,
  deadlineMs: 60_000,
  // A query may take long, and a caller who does not want to wait leaves.
  headMs: 600_000,
  idleMs: 120_000,
  maxBytes: 32 * 2 ** 20,
  // ABRA Gen's largest definition has a hundredth.
  maxValues: 200_000,
  retry: { attempts: 3, baseMs: 500, capMs: 4000 },
  retryAfterCapMs: 10_000,
  maxAgeMs: 600_000,
  refusalAgeMs: 10_000,
  now: () => performance.now(),
};

/** Shared by all connections of a process. */
export class AbraGenServers extends Servers<AbraGenLimits> {
  constructor(limits: Partial<AbraGenLimits> = {}) {
    super({ ...defaults, ...limits });
  }
}
