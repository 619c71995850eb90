/** When each company was asked for its changes, and how many such requests overlapped. */

export interface ArrivalsSummary {
  /** Companies asked at all. */
  companies: number;
  /** The most requests under way for one company at one time. */
  mostAtOnce: number;
  /** By company, milliseconds since the epoch. */
  times: Record<string, number[]>;
}

export class Arrivals {
  readonly #times = new Map<string, number[]>();
  readonly #underWay = new Map<string, number>();
  #mostAtOnce = 0;

  /** @returns to be called when the request is over */
  begin(company: string): () => void {
    const times = this.#times.get(company) ?? [];
    this.#times.set(company, times);
    times.push(Date.now());
    const now = (this.#underWay.get(company) ?? 0) + 1;
    this.#underWay.set(company, now);
    this.#mostAtOnce = Math.max(this.#mostAtOnce, now);
    return () => this.#underWay.set(company, (this.#underWay.get(company) ?? 1) - 1);
  }

  summary(): ArrivalsSummary {
    const times = Object.fromEntries(this.#times);
    return { companies: this.#times.size, mostAtOnce: this.#mostAtOnce, times };
  }

  clear(): void {
    this.#times.clear();
    this.#mostAtOnce = 0;
  }
}
