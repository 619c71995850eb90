/** Stages of kind `flexibee`: a full load of one evidence of a company. */

import type { Locations } from '../../catalog/located.ts';
import { rowCounts } from '../../database/row-counts.ts';
import { FlexibeeError } from '../../flexibee/errors.ts';
import { StageFailure, type StageRunner } from '../../sync/stage-runner.ts';
import type { Companies } from '../companies.ts';
import { plannedDatabase, requirePlace } from './planned.ts';

/**
 * The company's own lock keeps earlier attempts away, so a place costs nothing.
 *
 * @param locations where the settings have each company and database now
 */
export function flexibeeRunner(
  companies: Pick<Companies, 'reload'>,
  locations?: Pick<Locations, 'companies' | 'databases'>,
): StageRunner {
  return {
    unfenced: true,
    async open(_stage, runId) {
      return {
        fits: () => true,
        async run(stage, onMessage, signal) {
          const { code = '', entity, location, procedure, returnCheck = 'zero' } = stage;
          requirePlace(locations?.companies, { what: 'company', id: code, location });
          const database = plannedDatabase(locations?.databases, { database: stage.database });
          const planned = { evidence: entity, database, procedure, returnCheck };
          try {
            const { warnings, ...rows } = await companies.reload(
              ...[code, planned, runId, onMessage, signal],
            );
            return {
              rows: rowCounts([rows.created, rows.updated, rows.deleted]),
              ...(warnings.length > 0 && { warnings }),
            };
          } catch (error) {
            throw error instanceof FlexibeeError ? asStageFailure(error) : error;
          }
        },
        async close() {},
      };
    },
  };
}

function asStageFailure(error: FlexibeeError): StageFailure {
  const text = `${error.message}. ${error.cure}`;
  if (error.kind === 'wrong password') return new StageFailure(text, 'login', { cause: error });
  const isAway = error.kind === 'unreachable' || error.isTransient;
  return new StageFailure(text, isAway ? 'unreachable' : 'permanent', { cause: error });
}
