/** What telemetry is told of a query: its statement, and each of its levels from its first row to its last. */

import { measured } from '../../telemetry/measurements.ts';
import { beginSpan, tellSpan } from '../../telemetry/spans.ts';
import type { Statement } from '../definition.ts';

/** Counts rows of levels; nobody has one where nobody wants to know. */
export class LevelTally {
  readonly levels: { rows: number; from: number; to: number }[] = [];
  #now = 0;

  /** Rows have come: those that are counted next came now. */
  batch(): void {
    this.#now = performance.timeOrigin + performance.now();
  }

  row(place: number): void {
    const level = this.levels[place] ?? { rows: 0, from: this.#now, to: this.#now };
    level.rows += 1;
    level.to = this.#now;
    this.levels[place] = level;
  }
}

export class ToldQuery {
  readonly tally: LevelTally | undefined;
  readonly #span: ReturnType<typeof beginSpan>;
  readonly #startedAt = performance.now();
  readonly #statement: Pick<Statement, 'levels'>;
  readonly #connection: string;
  #hasEnded = false;

  /** Begins, within the span that is active. */
  constructor(statement: Pick<Statement, 'levels'>, connection: string) {
    this.#statement = statement;
    this.#connection = connection;
    const attributes = {
      'db.system.name': 'microsoft.sql_server',
      'db.operation.name': 'SELECT',
      'syncboard.connection': connection,
      'syncboard.levels': statement.levels.length,
    };
    this.#span = beginSpan('statement', () => ({ kind: 'client', attributes }));
    if (this.#span !== undefined) this.tally = new LevelTally();
  }

  /** @param isWhole all rows have come; otherwise it failed, or nobody wanted the rest */
  end(isWhole: boolean): void {
    if (this.#span === undefined || this.#hasEnded) return;
    this.#hasEnded = true;
    let rows = 0;
    for (const [place, level] of (this.tally?.levels ?? []).entries()) {
      if (level === undefined) continue;
      rows += level.rows;
      const dataset = this.#statement.levels[place]?.dataset ?? '';
      const attributes = { 'syncboard.dataset': dataset, 'syncboard.rows': level.rows };
      tellSpan(this.#span, `level ${dataset}`, level, attributes);
    }
    this.#span.setAttribute('syncboard.rows', rows);
    this.#span.setAttribute('syncboard.outcome', isWhole ? 'whole' : 'left');
    this.#span.end();
    const seconds = (performance.now() - this.#startedAt) / 1000;
    const outcome = isWhole ? 'whole' : 'left';
    const connection = this.#connection;
    measured()?.queryDuration.record(seconds, { connection, outcome });
    measured()?.queryRows.add(rows, { connection });
  }
}
