/**
 * The stand-in for SQL Server with procedures that only take time, in a process of its own: what
 * the engine and the driver cost is then not mixed with what the server costs.
 *
 * Started by sync.ts with the model as its argument; sends `{ port, controlPort }` when it listens.
 */

import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DatabaseDefinition, Procedure, ProcedureContext } from 'tds-sqlite';
import { startSqlServer } from 'tds-sqlite';
import { type CatalogStage, proceduresOf } from './plans.ts';
import { type LoadModel, stageMs } from './time-model.ts';

const model = JSON.parse(process.argv[2] ?? '{}') as LoadModel;

/** Sources exported since the entity was last loaded, by stage and entity: a shared load serves them. */
const waiting = new Map<string, Set<string>>();

function waitingFor(stage: string, entity: string): Set<string> {
  const key = `${stage}:${entity}`;
  const codes = waiting.get(key) ?? new Set();
  waiting.set(key, codes);
  return codes;
}

/** A timer fires up to 2 ms late; the bound is made of the model's times as they stand. */
const timerErrorMs = 2;

async function take(ms: number, context: ProcedureContext): Promise<void> {
  const endsAt = performance.now() + ms;
  if (ms > timerErrorMs) await context.delay(ms - timerErrorMs);
  while (performance.now() < endsAt) await nextTurn();
}

function procedure({ name, stage, entity, parameters, source }: CatalogStage): Procedure {
  return {
    name,
    parameters,
    async run(context) {
      let codes: string[];
      if (stage === 'export') {
        const code = source ?? String(context.parameters['CurDataAreaId']);
        codes = [code];
        waitingFor('crude', entity).add(code);
        waitingFor('heap', entity).add(code);
      } else {
        codes = [...waitingFor(stage, entity)];
        waitingFor(stage, entity).clear();
      }
      const ms = stageMs(model, stage, entity, codes);
      await take(ms, context);
      return 0;
    },
  };
}

const databases = proceduresOf().map(
  ({ database, server, schema, stages }): DatabaseDefinition => ({
    name: database,
    server,
    schema,
    procedures: stages.map(procedure),
  }),
);
const server = await startSqlServer({ databases, logins: { bench: 'bench' } });
process.on('disconnect', () => void server.close().then(() => process.exit()));
process.send?.({ type: 'ready', port: server.port });
