/** Stages of kind `flexibee`: a full load of one evidence of a company. */

import { rowCounts } from '../../database/row-counts.ts';
import { FlexibeeError } from '../../flexibee/errors.ts';
import { StageFailure, type StageRunner } from '../../sync/stage-runner.ts';
import type { Companies } from '../companies.ts';

/** The company's own lock keeps earlier attempts away, so a place costs nothing. */
export function flexibeeRunner(companies: Pick<Companies, 'reload'>): StageRunner {
  return {
    unfenced: true,
    async open(_stage, runId) {
      return {
        fits: () => true,
        async run({ code = '', entity }, onMessage, signal) {
          try {
            const { warnings, ...rows } = await companies.reload(
              code,
              entity,
              runId,
              onMessage,
              signal,
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
