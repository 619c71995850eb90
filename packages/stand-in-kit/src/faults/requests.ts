/** Counts requests by kind and company, for tests that hold clients to a number of them. */

/** How many of the latest are kept whole. */
const kept = 1_000;

export interface LoggedRequest {
  id: number;
  kind: string;
  company?: string;
  method: string;
  /** Path and query, without a session's token. */
  path: string;
  /** Absent until it is answered, and when the connection broke. */
  status?: number;
}

export class Requests {
  readonly #counts = new Map<string, Map<string, number>>();
  readonly #latest: LoggedRequest[] = [];
  #lastId = 0;
  #underWay = 0;
  /** The most that were under way at one time. */
  mostAtOnce = 0;

  /** @returns what is to be called when it ends */
  begin(request: Omit<LoggedRequest, 'id'>): (status?: number) => void {
    this.#lastId += 1;
    const entry: LoggedRequest = { id: this.#lastId, ...request };
    this.#latest.push(entry);
    if (this.#latest.length > kept) this.#latest.shift();
    const kinds = this.#counts.get(request.company ?? '') ?? new Map<string, number>();
    this.#counts.set(request.company ?? '', kinds);
    kinds.set(request.kind, (kinds.get(request.kind) ?? 0) + 1);
    this.#underWay += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#underWay);
    return (status) => {
      this.#underWay -= 1;
      if (status !== undefined) entry.status = status;
    };
  }

  /** How many came, of any kind or company where none is given. */
  count({ kind, company }: { kind?: string; company?: string } = {}): number {
    let sum = 0;
    for (const [name, kinds] of this.#counts) {
      if (company !== undefined && name !== company) continue;
      for (const [which, number] of kinds) if (kind === undefined || which === kind) sum += number;
    }
    return sum;
  }

  /** By kind, of one company or of all. */
  counts(company?: string): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const [name, kinds] of this.#counts) {
      if (company !== undefined && name !== company) continue;
      for (const [kind, number] of kinds) sums[kind] = (sums[kind] ?? 0) + number;
    }
    return sums;
  }

  /** The latest thousand, oldest first. */
  get latest(): readonly LoggedRequest[] {
    return this.#latest;
  }

  get underWay(): number {
    return this.#underWay;
  }

  clear(): void {
    this.#counts.clear();
    this.#latest.length = 0;
    this.mostAtOnce = this.#underWay;
  }
}
