/** Transactions that have taken their versions and wait to be committed. */

import { Refusal } from 'stand-in-kit';
import type { Company, LateCommit } from '../company/index.ts';

export class LateCommits {
  readonly #open = new Map<number, { company: Company; commit: LateCommit }>();
  #lastId = 0;

  begin(company: Company, versions: number): { id: number; versions: readonly number[] } {
    const commit = company.begin(versions);
    this.#lastId += 1;
    this.#open.set(this.#lastId, { company, commit });
    return { id: this.#lastId, versions: commit.versions };
  }

  /** @throws Refusal 404 when that company has none of that number */
  take(company: Company, id: number): LateCommit {
    const found = this.#open.get(id);
    if (found?.company !== company) throw new Refusal(404, `there is no late commit ${id}`);
    this.#open.delete(id);
    return found.commit;
  }
}
