/** T-SQL of the unruly entities' tables and procedures. */

import { unrulyEntities } from './catalog.ts';
import { type HabitName, habitOf, habits, unrulyStages } from './habits.ts';

/** Numbers in `chaos.number`: a procedure that gives many rows gives their square. */
const numbers = 60;

interface Module {
  /** Its name, for an entity. */
  procedure(entity: string): string;
  stage: (typeof unrulyStages)[number];
}

const hcsExports: Module[] = [
  { stage: 'export', procedure: (entity) => `[dbo].[sp_export_to_bill_ab_${entity}]` },
];
/** Some sources have theirs in another schema. */
const stekExports: Module[] = [
  ...hcsExports,
  { stage: 'export', procedure: (entity) => `[prep].[sp_export_to_prep_${entity}]` },
];
const loads: Module[] = [
  { stage: 'crude', procedure: (entity) => `[crude].[sp_load_datasource_${entity}]` },
  { stage: 'heap', procedure: (entity) => `[heap].[sp_load_to_heap_from_crude_${entity}]` },
];

/** @param database the catalogue's id @returns batches for that database, in their order */
export function unrulyBatches(database: string): string[] {
  const create = (modules: readonly Module[], area: string | undefined, parameter = '') =>
    unrulyEntities.flatMap((entity) =>
      modules.map(({ stage, procedure }) =>
        procedureText(`${procedure(entity)}${parameter}`, `${stage}:${entity}`, area),
      ),
    );
  if (database === 'ab') return [...tables(), ...create(loads, undefined)];
  // HCS has many areas, and its procedures are told which; of STEK each area has a database.
  return database === 'hcs'
    ? [...tables(), ...create(hcsExports, '@CurDataAreaId', ' @CurDataAreaId varchar(4)')]
    : [...tables(), ...create(stekExports, `'${database}'`)];
}

function tables(): string[] {
  const rows = (values: readonly string[]) => values.map((value) => `(${value})`).join(', ');
  const stages = unrulyEntities.flatMap((entity) =>
    unrulyStages.map((stage) => `'${stage}:${entity}', 'behaves well'`),
  );
  return [
    'CREATE SCHEMA [chaos]',
    `CREATE TABLE [chaos].[habit] (
  [stage] varchar(60) NOT NULL PRIMARY KEY, [habit] varchar(60) NOT NULL);
INSERT INTO [chaos].[habit] ([stage], [habit]) VALUES ${rows(stages)};
CREATE TABLE [chaos].[number] ([n] int NOT NULL PRIMARY KEY);
INSERT INTO [chaos].[number] ([n]) VALUES ${rows(Array.from({ length: numbers }, (_, n) => `${n}`))};
CREATE TABLE [chaos].[work] (
  [call] varchar(36) NOT NULL, [part] int NOT NULL, [run] varchar(128) NOT NULL,
  [stage] varchar(80) NOT NULL, PRIMARY KEY ([call], [part]));`,
  ];
}

/** @param area T-SQL of the data source that the stage's id ends with; absent: it has none */
function procedureText(head: string, stage: string, area: string | undefined): string {
  const names = Object.keys(habits) as HabitName[];
  const shown = (when: 'between' | 'after') =>
    names.flatMap((name) => {
      const statements = habitOf(name)[when];
      return statements ? [`IF @habit = '${name}'\nBEGIN\n  ${statements}\nEND;`] : [];
    });
  const enter = (parts: string) =>
    `INSERT INTO [chaos].[work] ([call], [part], [run], [stage])
SELECT @call, [n], @run, @stage FROM [chaos].[number] WHERE [n] IN (${parts});`;
  return [
    `CREATE PROCEDURE ${head} AS`,
    'BEGIN',
    `DECLARE @call varchar(36) = NEWID(), @n int = 0, @result int, @habit varchar(60);
DECLARE @run varchar(128) = CONVERT(varchar(128), CONTEXT_INFO());
DECLARE @stage varchar(80) = '${stage}'${area === undefined ? '' : ` + ':' + ${area}`};
SET @habit = (SELECT [habit] FROM [chaos].[habit] WHERE [stage] = '${stage}');`,
    enter('0, 1, 2'),
    ...shown('between'),
    enter('3, 4'),
    ...shown('after'),
    'END',
  ].join('\n');
}
