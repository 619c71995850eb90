/**
 * A turn at one company, from taking its lock to giving it back: holds the cursor and does what
 * it says. Nothing here catches trouble; see follow.ts.
 */

import { isDeepStrictEqual } from 'node:util';
import { ahead } from '../async/ahead.ts';
import { noRows, sum, withRows } from './applied-rows.ts';
import { whereItStands } from './beginning.ts';
import type { FollowContext, HeldCursor } from './context.ts';
import {
  agreedWith,
  type Cursor,
  marksOf,
  newLoad,
  owing,
  type Reload,
  restarted,
  withoutReload,
} from './cursor.ts';
import { withTroublesTried } from './evidence-trouble.ts';
import type { HistoryFault } from './history.ts';
import { KeptCursor, type Started } from './kept-cursor.ts';
import { type Beginning, firstAnswers } from './late.ts';
import { loadSteps } from './load-evidence.ts';
import { pageSteps } from './pages.ts';
import { waitingSteps } from './stale-steps.ts';
import type { Step, StepContext } from './step.ts';
import { tellTroubles } from './tell-troubles.ts';
import { toldApply } from './told.ts';
import type { TroubleReport } from './trouble.ts';
import type { AppliedRows, Batch } from './types.ts';

type Make = (steps: StepContext, signal: AbortSignal) => AsyncGenerator<Step, void, undefined>;

export class Session {
  readonly #context: FollowContext;
  /** Aborted when the lock is lost, too. */
  readonly #signal: AbortSignal;
  readonly #kept: KeptCursor;

  constructor(context: FollowContext, held: HeldCursor, signal: AbortSignal) {
    this.#context = context;
    this.#signal = AbortSignal.any([signal, held.lost]);
    this.#kept = new KeptCursor(context, held, this.#signal);
  }

  get cursor(): Cursor {
    return this.#kept.cursor;
  }

  get signal(): AbortSignal {
    return this.#signal;
  }

  /** Whether anything but trouble has been written. */
  get wrote(): boolean {
    return this.#kept.wrote;
  }

  log(text: string): void {
    this.#context.log(text);
  }

  /** Writes what becomes of the cursor, where that is another. */
  async amend(change: (cursor: Cursor) => Cursor): Promise<void> {
    const amended = change(this.cursor);
    if (amended !== this.cursor) await this.#kept.save(amended);
  }

  /** Takes up what the catalogue has changed. */
  async agree(): Promise<void> {
    await this.amend((cursor) => agreedWith(cursor, this.#context.company.evidences));
  }

  /**
   * Learns where the company's versions are, and what may still be missing below; everything is
   * to be loaded. The trouble that made us begin anew is over with that.
   */
  async begin(from: Cursor): Promise<Started> {
    const { source, mirror, now, company } = this.#context;
    const { code, evidences, lateMs } = company;
    const stands = await whereItStands(source, { now, lateMs }, this.#signal);
    // The base may have outlived cursors that we know nothing of.
    const newest = await mirror.generation(code, evidences, this.#signal);
    const { trouble: _, ...rest } = from;
    const begun = {
      ...rest,
      ...stands,
      generation: Math.max(rest.generation, newest + 1),
      due: withoutReload(rest.due),
      loads: evidences.map(newLoad),
      behindSince: now().toISOString(),
    };
    await this.#kept.save(begun);
    return begun;
  }

  /** Notes that everything is to be loaded again, until that has begun. @param fault what was seen */
  async owe(why: Reload['why'], fault: string): Promise<void> {
    const since = this.#context.now().toISOString();
    await this.amend((cursor) => owing(cursor, { why, since, fault }));
  }

  /**
   * Everything is to be read in full before changes go on from where we are: some may be in no list,
   * nor is the last one that we know. Where that happens again meanwhile, it is seen by the newest.
   */
  async loadAll(newest: Cursor['last']): Promise<void> {
    const { last: _, ...rest } = this.cursor;
    const loads = this.#context.company.evidences.map(newLoad);
    const { behindSince = this.#context.now().toISOString() } = rest;
    // What was hidden may have been deleted in no list.
    await this.#kept.save({
      ...rest,
      ...(newest && { last: newest }),
      hidden: {},
      loads,
      behindSince,
    });
  }

  /** Begins a new generation. */
  restart(): Promise<Started> {
    return this.begin(restarted(this.cursor, this.#context.now()));
  }

  /** Whoever asked for this turn does not wait for the pause of an evidence's trouble, or its table's. */
  async insist(): Promise<void> {
    this.#context.typed?.insist();
    await this.amend((cursor) => withTroublesTried(cursor, this.#context.now()));
  }

  /**
   * Reads in full whatever is to be and can be, or only the first, whose trouble is thrown then.
   *
   * @param isOver asked after every page
   * @returns false when it was over before the end
   */
  async load(options: {
    onlyFirst: boolean;
    isOver(): boolean;
    onApplied?(batch: Batch, rows: AppliedRows): void;
  }): Promise<boolean> {
    const cursor = this.#kept.started();
    if (cursor.loads.length === 0) return true;
    const left = options.onlyFirst ? cursor.loads.length - 1 : 0;
    const isThrough = () => this.cursor.loads.length <= left;
    let isBroken = false;
    const isOver = () => {
      if (isThrough()) return true;
      isBroken = options.isOver();
      return isBroken;
    };
    const make: Make = (steps, signal) => loadSteps(steps, options.onlyFirst, signal);
    await this.take(make, isOver, options.onApplied);
    return isThrough() || !isBroken;
  }

  /** Writes where the typed tables are, where that has changed. */
  async keepTables(): Promise<void> {
    if (this.#context.typed?.states !== this.cursor.typed) await this.#kept.save(this.cursor);
  }

  /** Puts an evidence before all others to be loaded; one that is begun goes on. */
  async loadFirst(evidence: string): Promise<void> {
    await this.amend((cursor) => {
      const { loads } = cursor;
      const first = loads.find((load) => load.evidence === evidence) ?? newLoad(evidence);
      if (loads[0] === first) return cursor;
      return { ...cursor, loads: [first, ...loads.filter((load) => load !== first)] };
    });
  }

  /**
   * Applies changes until there are none.
   *
   * @returns `over`: `isOver` said so; `off`: the changelog is; or what is wrong with the history
   */
  async follow(isOver: () => boolean): Promise<'done' | 'over' | 'off' | HistoryFault> {
    const cursor = this.#kept.started();
    const { source, now, company } = this.#context;
    const clock = { now, lateMs: company.lateMs };
    const beginning = await firstAnswers(source, cursor, clock, this.#signal);
    if ('kind' in beginning) return beginning;
    if (isIdle(cursor, beginning)) {
      const gaps = [...beginning.gaps];
      if (!isDeepStrictEqual(gaps, cursor.gaps))
        await this.#kept.save({ ...this.cursor, gaps }, false);
      await this.#tryWaiting();
      // A server may answer while it is off as if nothing happened.
      return (await this.#context.changelogIsOn(this.#signal)) ? 'done' : 'off';
    }
    await this.take(
      (steps, signal) => pageSteps(steps, beginning, signal),
      () => this.cursor.behindSince !== undefined && isOver(),
    );
    return this.cursor.behindSince === undefined ? 'done' : 'over';
  }

  /** Has others do what is due and none of this turn's. */
  async seeToOthers(): Promise<void> {
    await this.seeToCalls();
    await tellTroubles(this.#context, this);
    const wish = this.cursor.due.reconcile;
    if (wish !== undefined) await this.#context.reconciling?.(wish.for, this.#signal);
  }

  /** Has the procedures after changes called; not yet those of what is half loaded. */
  async seeToCalls(): Promise<void> {
    const marks = marksOf(this.cursor);
    if (Object.keys(marks).length > 0) await this.#context.after(marks, this.#signal);
  }

  /** Whether the server asked to be left alone for longer than until now. */
  get rests(): boolean {
    const { retryAt } = this.cursor.trouble ?? {};
    return retryAt !== undefined && Date.parse(retryAt) > this.#context.now().getTime();
  }

  /** Enters what stops us, or that nothing does; a trouble that goes on as it is is not written again. */
  async settle(report: TroubleReport | undefined): Promise<void> {
    const { trouble, ...rest } = this.cursor;
    const isSame = trouble?.kind === report?.kind && trouble?.message === report?.message;
    if (isSame && report?.retryAfterMs === undefined) {
      const isWorth = this.#kept.hasRead || this.#context.requests?.isWorthWriting;
      if (isWorth) await this.#kept.save(this.cursor, false);
      return;
    }
    if (report === undefined) return await this.#kept.save(rest);
    const now = this.#context.now();
    const { retryAfterMs, ...told } = report;
    const since = (trouble?.kind === report.kind && trouble?.since) || now.toISOString();
    const retryAt =
      retryAfterMs === undefined
        ? {}
        : { retryAt: new Date(now.getTime() + retryAfterMs).toISOString() };
    // A trouble that only tells its reason anew is no news for `wrote`.
    const isNews = trouble?.kind !== report.kind;
    await this.#kept.save({ ...rest, trouble: { ...told, since, ...retryAt } }, isNews);
  }

  /** What has waited since an evidence was in trouble; its time may have come. */
  async #tryWaiting(): Promise<void> {
    if (Object.keys(this.cursor.stale).length === 0) return;
    let wrote = this.wrote;
    const onApplied = () => {
      wrote = true;
    };
    await this.take(waitingSteps, () => false, onApplied);
    this.#kept.wrote = wrote;
  }

  /** Applies step after step, the next being made meanwhile, until `isOver` after a move. */
  async take(
    make: Make,
    isOver: () => boolean,
    onApplied?: (batch: Batch, rows: AppliedRows) => void,
  ): Promise<void> {
    const counts = new Map<string, AppliedRows>();
    const steps = this.#steps(this.#kept.started());
    for await (const { page, moved } of ahead((signal) => make(steps, signal), this.#signal)) {
      if (page.batches.length > 0) {
        const apply = () => this.#context.mirror.apply(page, this.#signal);
        const applied = await toldApply(page, apply);
        for (const batch of page.batches) {
          const rows = applied.get(batch.evidence) ?? noRows;
          counts.set(batch.evidence, sum(counts.get(batch.evidence), rows));
          onApplied?.(batch, rows);
        }
      }
      const next = moved?.(this.cursor) ?? this.cursor;
      if (next === this.cursor) continue;
      const cursor = withRows(next, counts);
      await this.#kept.save(cursor);
      counts.clear();
      if (isOver()) return;
    }
  }

  #steps(cursor: Started): StepContext {
    const { company, source, now, unseen } = this.#context;
    const { code, evidences, pageSize } = company;
    return {
      company: code,
      evidences,
      pageSize,
      source,
      cursor,
      now,
      unseen,
      readAt: () => this.#kept.readAt(),
    };
  }
}

/** Nothing new, nothing late, nothing that waits, and no more pages, empty as this one may be. */
function isIdle({ next, behindSince }: Started, { page, late }: Beginning): boolean {
  const isNew = (page.changes.at(-1)?.version ?? 0) >= next;
  const pointsOn = (page.next ?? 0) > next;
  return !isNew && !pointsOn && late.length === 0 && behindSince === undefined;
}
