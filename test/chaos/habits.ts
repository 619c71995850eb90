/** What a stored procedure can do to whoever calls it, and what has to come of it. */

import { pick, type Random } from '../support/random.ts';
import { unrulyEntities } from './catalog.ts';

export interface Habit {
  /** T-SQL between the first and the second half of the procedure's work. */
  between?: string;
  /** T-SQL after the second half. */
  after?: string;
  /** Absent: the stage succeeds. Its number, where SQL Server's documentation says one. */
  fails?: { number?: number };
  /** Rows that it returns, and messages that it prints. */
  gives?: number;
  prints?: number;
  /** Its return value, where that is not 0: a failure where the catalogue says so. */
  returns?: number;
  /** Rows that its statements count, where those are not the rows it leaves. */
  counts?: number;
}

/** 60 × 60 rows of 1,000 letters: some megabytes. */
const wideRows = `SET NOCOUNT ON;
  SELECT a.[n], REPLICATE('x', 1000) AS [wide] FROM [chaos].[number] AS a CROSS JOIN [chaos].[number] AS b;
  SET NOCOUNT OFF;`;

/** Session-owned: nobody but the end of the session, or its reset, gives it back. */
const keepLock = `EXEC @result = sp_getapplock @Resource = N'chaos/kept', @LockMode = 'Exclusive',
    @LockOwner = 'Session', @LockTimeout = 10000;
  IF @result < 0 THROW 51001, 'the lock chaos/kept is still held by somebody', 1;`;

export const habits = {
  'behaves well': {},
  'takes its time': { between: `WAITFOR DELAY '00:00:01.500';` },
  'prints a lot': {
    between: `WHILE @n < 400
  BEGIN
    SET @n = @n + 1;
    RAISERROR('%s line %d: čtvrtá — четвёртая', 0, 1, @call, @n) WITH NOWAIT;
  END;`,
    prints: 400,
  },
  'returns many rows': { after: wideRows, gives: 3_600 },
  'returns -1': { after: 'RETURN -1;', returns: -1 },
  'keeps a lock': { between: keepLock },
  'locks for its transaction': {
    between: `EXEC @result = sp_getapplock @Resource = N'chaos/kept', @LockMode = 'Exclusive',
    @LockTimeout = 10000;
  IF @result < 0 THROW 51001, 'the lock chaos/kept is still held by somebody', 1;`,
  },
  'goes back to a save point': {
    between: `SAVE TRANSACTION unruly;
  DELETE FROM [chaos].[work] WHERE [call] = @call;
  ROLLBACK TRANSACTION unruly;`,
    counts: 8,
  },
  'leaves its options on': { between: 'SET XACT_ABORT ON; SET LOCK_TIMEOUT 1; SET ROWCOUNT 1000;' },
  'throws in the middle': { between: `THROW 51000, 'on purpose', 1;`, fails: { number: 51_000 } },
  'tells an error and goes on': {
    between: `RAISERROR('on purpose', 16, 1);`,
    fails: { number: 50_000 },
  },
  'breaks in the middle': {
    between: `SET @n = CONVERT(int, 'no number');`,
    fails: { number: 245 },
  },
  'leaves a transaction open': { between: 'BEGIN TRANSACTION;', fails: {} },
  'fails with a transaction open': {
    between: 'BEGIN TRANSACTION;',
    after: `RAISERROR('on purpose', 16, 1);
  RETURN 5;`,
    fails: {},
  },
  'keeps a lock and fails': {
    between: keepLock,
    after: `THROW 51000, 'on purpose', 1;`,
    fails: { number: 51_000 },
  },
  'rolls everything back': {
    after: 'IF @@TRANCOUNT > 0 ROLLBACK TRANSACTION;',
    fails: {},
  },
} as const satisfies Record<string, Habit>;

export type HabitName = keyof typeof habits;
const habitNames = Object.keys(habits) as HabitName[];

export const habitOf = (name: HabitName): Habit => habits[name];

/** What each stage of the unruly entities does in one episode, by `<stage>:<entity>`. */
export type Habits = Record<string, HabitName>;

export const unrulyStages = ['export', 'crude', 'heap'] as const;

/** Half of the stages behave, or none would ever come to those after them. */
export function planHabits(random: Random): Habits {
  return Object.fromEntries(
    unrulyEntities.flatMap((entity) =>
      unrulyStages.map((stage) => [
        `${stage}:${entity}`,
        random() < 0.5 ? 'behaves well' : pick(random, habitNames),
      ]),
    ),
  );
}
