/**
 * What makes a stage of the demo take its time: `dbo.demo_delay` holds milliseconds for each
 * stage, entity and data source, and is empty unless a pace was asked for.
 */

import { readDurations, type StageName, stageShares } from '../durations.ts';
import { type EntityName, entityNames } from '../entities.ts';
import { dataSources } from '../sources.ts';
import { createProcedure } from './text.ts';

/** Also the mark by which the installer knows a database as the demo's own. */
export const delayTable = 'dbo.demo_delay';

export const delayColumns = {
  stage: 'varchar(10)',
  entity: 'varchar(40)',
  code: 'varchar(8)',
  milliseconds: 'int',
} as const;

export interface Delay {
  stage: StageName;
  entity: EntityName;
  code: string;
  milliseconds: number;
}

/** Every delay at a pace; none where it is Infinity. A pace not above 0 is a RangeError. */
export function delaysAt(pace: number): Delay[] {
  if (!(pace > 0)) {
    throw new RangeError(`pace: expected a number above 0 or Infinity, got ${pace}`);
  }
  const seconds = readDurations();
  const stages: StageName[] = ['export', 'crude', 'heap'];
  return stages.flatMap((stage) =>
    entityNames.flatMap((entity) =>
      dataSources
        .map(({ code }) => ({
          stage,
          entity,
          code,
          milliseconds: Math.round((seconds(entity, code) * stageShares[stage] * 1000) / pace),
        }))
        .filter(({ milliseconds }) => milliseconds > 0),
    ),
  );
}

/**
 * Takes the time of a stage for the data sources that `codes` (a subquery or a variable) names; needs
 * `@label` and `@milliseconds`. Before a transaction: whoever waits holds nothing. Not
 * `SET … = (SELECT …)`: on Babelfish that has no rights in another database.
 */
export const takeTime = (stage: StageName, name: EntityName, codes: string) =>
  `  SELECT @milliseconds = SUM([milliseconds]) FROM [dbo].[demo_delay]
  WHERE [stage] = '${stage}' AND [entity] = '${name}' AND [code] IN (${codes});
  IF @milliseconds > 0 EXEC [dbo].[sp_demo_wait] @label = @label, @milliseconds = @milliseconds;`;

/** Waits in quarters, so that a stage has something to say while it takes its time. */
export function waitProcedure(): string {
  return createProcedure(
    'dbo.sp_demo_wait',
    [
      { name: '@label', type: 'nvarchar(200)' },
      { name: '@milliseconds', type: 'int' },
    ],
    `  SET NOCOUNT ON;
  DECLARE @quarter int = 1, @text nvarchar(240), @delay varchar(12);
  SET @delay = CONVERT(varchar(12),
    CONVERT(time(3), DATEADD(millisecond, @milliseconds / 4, CONVERT(datetime2(3), '2019-01-01'))));
  WHILE @quarter <= 4
  BEGIN
    -- As text: an engine without WAITFOR refuses it only when a pace is asked for.
    EXEC sys.sp_executesql N'WAITFOR DELAY @delay', N'@delay varchar(12)', @delay = @delay;
    SET @text = CONCAT(@label, N': ', 25 * @quarter, N' % of the time');
    RAISERROR(N'%s', 0, 1, @text) WITH NOWAIT;
    SET @quarter = @quarter + 1;
  END;`,
  );
}
