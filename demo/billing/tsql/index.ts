/**
 * The demo billing as T-SQL files: what `sql/demo/` holds. The stand-in's definitions are what they
 * are made from, so that both demos have the same tables, procedures and rows.
 */

import { entityNames } from '../entities.ts';
import { aggregateBase, entitiesIn, sourceDatabases } from '../sources.ts';
import { crudeSql } from './crude.ts';
import { exportSql } from './export.ts';
import { heapSql } from './heap.ts';
import { waitProcedure } from './pacing.ts';
import { aggregateRowsSql, aggregateTablesSql, databasesSql, sourceTablesSql } from './tables.ts';
import { batches } from './text.ts';
import { tickSql } from './tick.ts';

export interface DemoFile {
  /** `020-tables.HCS.sql`; the order of the names is the order of running. */
  name: string;
  /** Where its batches run. */
  database: string;
  text: string;
}

function file(order: string, database: string, what: string, text: string): DemoFile {
  const use = database === 'master' ? [] : [`USE [${database}];`];
  // sqlcmd without -I begins with QUOTED_IDENTIFIER OFF, which a procedure keeps for life.
  const head = batches([...use, 'SET QUOTED_IDENTIFIER ON;\nSET ANSI_NULLS ON;']);
  return {
    name: database === 'master' ? `${order}.sql` : `${order}.${database}.sql`,
    database,
    text: `-- ${what}\n-- Generated: change demo/billing and run \`npm run demo:sql\`.\n\n${head}\n${text}`,
  };
}

/** Every file, in the order of running. */
export function demoFiles(): DemoFile[] {
  const ab = aggregateBase.name;
  return [
    file('010-databases', 'master', 'The databases of the demo billing.', databasesSql()),
    ...sourceDatabases.map((source) =>
      file(
        '020-tables',
        source.name,
        'Live rows (dbo) and exported ones, made anew.',
        sourceTablesSql(source),
      ),
    ),
    file(
      '020-tables',
      ab,
      'Raw rows (crude) and keyed ones (heap), made anew.',
      aggregateTablesSql(),
    ),
    file(
      '030-rows',
      ab,
      'The data sources, where every load begins, and the countries.',
      aggregateRowsSql(),
    ),
    ...[...sourceDatabases.map(({ name }) => name), ab].map((database) =>
      file('040-wait', database, 'What makes a stage take its time.', waitProcedure()),
    ),
    ...sourceDatabases.map((source) =>
      file(
        '050-export',
        source.name,
        'Stage 1 of every entity: what differs from what was exported last.',
        entitiesIn(source.system)
          .map((name) => exportSql(name, source))
          .join('\n'),
      ),
    ),
    file(
      '060-crude',
      ab,
      'Stage 2 of every entity: what the sources have exported since the last load.',
      entityNames.map(crudeSql).join('\n'),
    ),
    file(
      '070-heap',
      ab,
      'Stage 3 of every entity: heap up to crude.',
      entityNames.map(heapSql).join('\n'),
    ),
    ...sourceDatabases.map((source) =>
      file(
        '080-tick',
        source.name,
        'A little business, so that the next sync has something to do.',
        tickSql(source),
      ),
    ),
  ];
}
