/** Connections to FlexiBee servers: kept alive, and at most so many at once to each. */

export interface ServersOptions {
  /** The most requests under way at once to one server; default 4. */
  requestsPerServer?: number;
  /** For one request, its answer read to the end, in milliseconds; default 60 s. */
  deadlineMs?: number;
}

/** Shared by all companies of a process; companies of one server share its connections. */
export class FlexibeeServers {
  readonly options: ServersOptions;

  constructor(options: ServersOptions = {}) {
    this.options = options;
  }

  /** Closes what is idle; requests under way are the business of their signals. */
  close(): void {}
}
