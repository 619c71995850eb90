/** Stages of kind `dynsql`: the rows of an entity's query into the aggregate base. */

import { AbraGenError } from '../../abra-gen/errors.ts';
import type { Databases } from '../../database/databases.ts';
import { rowCounts } from '../../database/row-counts.ts';
import { QueryFault } from '../../dynsql/language/query-faults.ts';
import { type LoadProgress, loadRows } from '../../dynsql/rows/load-rows.ts';
import { RowLoadError } from '../../dynsql/rows/row-error.ts';
import { keyFieldsOf } from '../../dynsql/rows/row-key.ts';
import { type Month, queryBody } from '../../dynsql/rows/row-query.ts';
import { rowTexts } from '../../dynsql/rows/row-texts.ts';
import { sqlRows } from '../../dynsql/rows/sql-rows.ts';
import { StageFailure, type StageRunner, type StageWork } from '../../sync/stage-runner.ts';
import {
  type PlannedDependencies,
  plannedClient,
  plannedDatabase,
  plannedQuery,
} from './planned.ts';

export interface DynsqlRunnerDependencies extends PlannedDependencies {
  databases: Databases;
  /** Where the settings have each database now. */
  databaseLocations?: Readonly<Record<string, string>>;
}

/** Beside the tokens, none of which can be called so. */
const runs = { name: '(runs)' };

/** Of two loads of the same rows the one that began later wins, so a place costs nothing. */
export function dynsqlRunner(dependencies: DynsqlRunnerDependencies): StageRunner {
  return {
    unfenced: true,
    async open() {
      return {
        fits: () => true,
        async run(stage, onMessage, signal) {
          const warnings = new Set<string>();
          try {
            const { created, updated, deleted } = await load(
              dependencies,
              stage,
              onMessage,
              (warning) => warning && warnings.add(warning),
              signal,
            );
            return {
              rows: rowCounts([created, updated, deleted]),
              ...(warnings.size > 0 && { warnings: [...warnings] }),
            };
          } catch (error) {
            throw asStageFailure(error);
          }
        },
        async close() {},
      };
    },
  };
}

async function load(
  dependencies: DynsqlRunnerDependencies,
  work: StageWork,
  onMessage: (text: string) => void,
  onReturn: (warning: string | undefined) => void,
  signal: AbortSignal,
): Promise<LoadProgress> {
  const { databases } = dependencies;
  const { code = '', entity, procedure, parameters, returnCheck = 'zero' } = work;
  const database = plannedDatabase(dependencies.databaseLocations, { database: work.database });
  const query = plannedQuery(dependencies, work);
  const client = plannedClient(dependencies, query, work);
  const { definition } = await client.definition(query.definition, signal);
  const period = String(parameters.find(({ name }) => name === 'period')?.value ?? '');
  const body = queryBody(query, monthOf(period));
  const places = dependencies.connections.placesOf(query.connection);
  async function* rows(own: AbortSignal) {
    const giveBack = await places.take(runs, Number.POSITIVE_INFINITY, own);
    try {
      const answer = await client.exec(query.definition, body, own);
      yield* rowTexts(answer.body);
    } finally {
      giveBack();
    }
  }
  const set = { source: code, entity, period, definition: query.definition };
  const keyFields = keyFieldsOf(definition, query.select);
  const target = sqlRows(databases, { database, procedure, returnCheck }, onReturn, onMessage);
  const onProgress = ({ rows }: LoadProgress) => onMessage(`${rows} rows`);
  return await loadRows({ set, rows, keyFields, target }, onProgress, signal);
}

/** @param period `2026-03`; empty of an entity without a date */
function monthOf(period: string): Month | undefined {
  const [year, month] = period.split('-').map(Number);
  return year === undefined || month === undefined ? undefined : { year, month };
}

/** What the engine does not know becomes what it does; the rest stays. */
function asStageFailure(error: unknown): unknown {
  if (error instanceof AbraGenError) {
    const text = `${error.message}. ${error.cure}`;
    if (error.kind === 'wrong password') return new StageFailure(text, 'login', { cause: error });
    const isAway = error.kind === 'unreachable' || error.isTransient;
    return new StageFailure(text, isAway ? 'unreachable' : 'permanent', { cause: error });
  }
  if (error instanceof RowLoadError) {
    return new StageFailure(`${error.message}. ${error.cure}`, 'permanent', { cause: error });
  }
  // The catalogue's query does not fit the definition at the server.
  if (error instanceof QueryFault) {
    return new StageFailure(`${error.message}`, 'permanent', { cause: error });
  }
  return error;
}
