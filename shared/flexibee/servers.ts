/** Connections to FlexiBee servers, and what limits their use. */

import { type Limits, Servers } from '../outbound/servers.ts';

const defaults: Limits = {
  requestsPerServer: 4,
  connectMs: 10_000,
  // The first answer after the start of a FlexiBee server can take 20 s.
  deadlineMs: 60_000,
  // 1000 full records take a tenth.
  maxBytes: 64 * 2 ** 20,
  // The fullest page that is asked for, a thousand records of 150 fields, has a tenth.
  maxValues: 2_000_000,
  retry: { attempts: 4, baseMs: 500, capMs: 8000 },
  retryAfterCapMs: 30_000,
};

/** Shared by all companies of a process. */
export class FlexibeeServers extends Servers {
  constructor(limits: Partial<Limits> = {}) {
    super({ ...defaults, ...limits });
  }
}
