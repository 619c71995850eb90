/**
 * The checks of one execution, asked beside the stages: each as soon as its entity's last stage has
 * succeeded, without a turn at any server. What they came to is in the document before the run ends.
 */

import { isOfClock } from '../../catalog/value-source.ts';
import { toDatabaseError } from '../../database/database-error.ts';
import { cut } from '../brief.ts';
import type { Journal } from '../journal.ts';
import type { RunLog } from '../log/run-log.ts';
import { hasEnded, type Run, type Stage } from '../run.ts';
import type { CheckAsker } from './ask.ts';
import type { Check, CheckQuery, CheckResult } from './check.ts';
import { type Answer, compared } from './compare.ts';
import { concerns } from './concerns.ts';
import { groupsOf } from './groups.ts';
import { checkText } from './outcome.ts';

export interface ChecksContext {
  journal: Journal;
  log: Pick<RunLog, 'tell'>;
  askChecks: CheckAsker;
  now(): Date;
  signal: AbortSignal;
}

/** A clock that was read shares the write of whatever comes next, as a rule the stage's end. */
const clockMs = 1_000;

/** Bytes of one error in the run's document. */
const longestError = 200;

/** The run's last stage has ended, and with it the time that checks have. */
class TooLateError extends Error {
  constructor(seconds: number) {
    super(`no answer within ${seconds} s of the end of the last stage`);
    this.name = 'TooLateError';
  }
}

/** The slice is over: whoever goes on asks anew. */
class LeftError extends Error {}

export class RunChecks {
  readonly #context: ChecksContext;
  readonly #asking = new Map<Check, Promise<void>>();
  readonly #stop = new AbortController();

  constructor(context: ChecksContext) {
    this.#context = context;
    for (const check of this.#all) this.#askIfDue(check);
  }

  get #all(): readonly Check[] {
    return this.#context.journal.run.checks ?? [];
  }

  /**
   * To be awaited right before a stage is called: reads the clocks of databases whose rows are told
   * apart by it. A clock that cannot be read makes the check unknown, and keeps no stage waiting for
   * longer than seconds. What was read is in the document with the stage's end at the latest: a stage
   * that is called again reads anew.
   */
  async beforeCall(stage: Stage, signal: AbortSignal): Promise<void> {
    const { journal, askChecks } = this.#context;
    const queries = this.#all
      .filter((check) => concerns(check, stage))
      .flatMap((check) =>
        check.queries.filter(
          (query) => needsClock(query) && stageBefore(journal.run, check, query) === stage.stage,
        ),
      );
    const byDatabase = Map.groupBy(queries, ({ database }) => database);
    await Promise.all(
      [...byDatabase].map(async ([database, own]) => {
        const began = await askChecks.clock(database, signal).catch(() => undefined);
        journal.note(() => {
          for (const query of own) {
            if (began === undefined) delete query.began;
            else query.began = began;
          }
        }, clockMs);
      }),
    );
  }

  /** Asks what was waiting for the stage, not before `when`. */
  stageEnded(stage: Stage, when: Promise<void>): void {
    for (const check of this.#all) if (concerns(check, stage)) this.#askIfDue(check, when);
  }

  /**
   * Waits for what is asked: after the run's last stage for as long as the longest question may take,
   * and where the run goes on elsewhere not at all.
   */
  async finish(): Promise<void> {
    const { run } = this.#context.journal;
    if (!run.stages.every(hasEnded)) this.#stop.abort(new LeftError());
    const open = [...this.#asking.keys()].flatMap(({ queries }) => queries);
    const seconds = Math.max(0, ...open.map(({ timeoutSeconds }) => timeoutSeconds));
    const late = () => this.#stop.abort(new TooLateError(seconds));
    const timer = setTimeout(late, seconds * 1_000);
    try {
      await Promise.all(this.#asking.values());
    } finally {
      clearTimeout(timer);
    }
  }

  #askIfDue(check: Check, when?: Promise<void>): void {
    if (check.result !== undefined || this.#asking.has(check)) return;
    const stages = this.#context.journal.run.stages.filter((stage) => concerns(check, stage));
    if (stages.length === 0 || !stages.every(({ state }) => state === 'succeeded')) return;
    const asking = this.#ask(check, stages.at(-1)?.id ?? '', when);
    this.#asking.set(
      check,
      asking.finally(() => this.#asking.delete(check)),
    );
  }

  /** Never rejects: nobody may be waiting for it. */
  async #ask(check: Check, stage: string, when?: Promise<void>): Promise<void> {
    const { journal, log, now, signal } = this.#context;
    await when;
    const answers = await Promise.all(check.queries.map((query) => this.#answer(check, query)));
    if (signal.aborted || this.#stop.signal.reason instanceof LeftError) return;
    const result: CheckResult = { ...compared(answers), at: now().toISOString() };
    if (result.state !== 'agrees') log.tell(stage, `Check: ${checkText({ ...check, result })}`);
    journal.note(() => {
      check.result = result;
    });
  }

  async #answer(check: Check, query: CheckQuery): Promise<Answer> {
    const { journal, askChecks, signal } = this.#context;
    const { place, tolerance, onDifference, database, timeoutSeconds } = query;
    const answer = { place, ...(tolerance && { tolerance }), onDifference };
    const parameters = withClock(query);
    if (parameters === undefined) {
      return { ...answer, error: `its clock was not read before ${query.before} began` };
    }
    const { statements = [] } = journal.run;
    const limit = AbortSignal.any([signal, this.#stop.signal]);
    try {
      const sql = statements[query.statement] ?? '';
      const rows = await askChecks.rows({ database, sql, parameters, timeoutSeconds }, limit);
      return { ...answer, groups: groupsOf(rows, check) };
    } catch (error) {
      const { reason } = this.#stop.signal;
      const why = reason instanceof TooLateError ? reason : toDatabaseError(error);
      return { ...answer, error: cut(why.message, longestError) };
    }
  }
}

const needsClock = ({ parameters }: CheckQuery): boolean =>
  parameters.some(({ from }) => from !== undefined && isOfClock(from));

/** Where a run begins in the middle of a way, as a retry does: the first stage that it has. */
function stageBefore({ stages }: Run, check: Check, { before }: CheckQuery): string | undefined {
  const own = stages.filter((stage) => concerns(check, stage));
  return own.some(({ stage }) => stage === before) ? before : own[0]?.stage;
}

/** Undefined: it was not read. */
function withClock({ parameters, began }: CheckQuery): CheckQuery['parameters'] | undefined {
  const values = { began: began?.local, 'began in UTC': began?.utc };
  const known = parameters.map((parameter) => {
    const { from, ...rest } = parameter;
    if (from === undefined || !isOfClock(from)) return parameter;
    const value = values[from];
    return value === undefined ? undefined : { ...rest, value };
  });
  return known.every((parameter) => parameter !== undefined) ? known : undefined;
}
