/**
 * A turn at one company, from taking its lock to giving it back: holds the cursor and does what
 * it says. Nothing here catches trouble; see follow.ts.
 */

import { ahead } from '../async/ahead.ts';
import { noRows, sum, withRows } from './applied-rows.ts';
import type { FollowContext, HeldCursor } from './context.ts';
import {
  agreedWith,
  type Cursor,
  newLoad,
  owing,
  type Reload,
  restarted,
  type Trouble,
} from './cursor.ts';
import { withTroublesTried } from './evidence-trouble.ts';
import { askedAgain, lateIn, missingAbove, missingIn, pageSize, whereToAsk } from './gaps.ts';
import { changesThrough, type HistoryFault, identityOf, pageOfOurs } from './history.ts';
import { loadSteps } from './load-evidence.ts';
import { type Beginning, pageSteps } from './pages.ts';
import { withReturned } from './returned.ts';
import { waitingSteps } from './stale-steps.ts';
import type { Step, StepContext } from './step.ts';
import { tellChanges } from './tell-changes.ts';
import type { AppliedRows, Batch } from './types.ts';

type Started = Cursor & { next: number };
type Make = (steps: StepContext, signal: AbortSignal) => AsyncGenerator<Step, void, undefined>;

export class Session {
  readonly #context: FollowContext;
  readonly #held: HeldCursor;
  /** Aborted when the lock is lost, too. */
  readonly #signal: AbortSignal;
  /** As written. */
  #cursor: Cursor;
  #lastReadAt: number;
  #wrote = false;

  constructor(context: FollowContext, held: HeldCursor, signal: AbortSignal) {
    this.#context = context;
    this.#held = held;
    this.#signal = AbortSignal.any([signal, held.lost]);
    this.#cursor = held.value ?? restarted(undefined, context.now());
    this.#lastReadAt = Date.parse(this.#cursor.readAt ?? new Date(0).toISOString());
  }

  get cursor(): Cursor {
    return this.#cursor;
  }

  get signal(): AbortSignal {
    return this.#signal;
  }

  /** Whether anything but trouble has been written. */
  get wrote(): boolean {
    return this.#wrote;
  }

  log(text: string): void {
    this.#context.log(text);
  }

  /** Takes up what the catalogue has changed. */
  async agree(): Promise<void> {
    const agreed = agreedWith(this.#cursor, this.#context.company.evidences);
    if (agreed !== this.#cursor) await this.#save(agreed);
  }

  /**
   * Learns where the company's versions are, and what may still be missing below; everything is
   * to be loaded. The trouble that made us begin anew is over with that.
   */
  async begin(from: Cursor): Promise<Started> {
    const { source, mirror, now, company } = this.#context;
    const { code, evidences } = company;
    // The base may have outlived cursors that we know nothing of.
    const newest = await mirror.generation(code, evidences, this.#signal);
    const { globalVersion } = await source.changes({ start: 1, limit: 1 }, this.#signal);
    const start = Math.max(1, globalVersion - pageSize + 1);
    const through = globalVersion;
    const page = await changesThrough(source, { from: start, through }, this.#signal);
    const last = page.changes.at(-1);
    const top = Math.max(page.globalVersion, last?.version ?? 0);
    const { trouble: _, ...rest } = from;
    const begun = {
      ...rest,
      generation: Math.max(rest.generation, newest + 1),
      due: {},
      next: top + 1,
      globalVersion: page.globalVersion,
      ...(last && { last: identityOf(last) }),
      gaps: [
        ...missingIn(start, page.changes, now()),
        ...missingAbove(last?.version ?? start - 1, top, now()),
      ],
      loads: evidences.map(newLoad),
      behindSince: now().toISOString(),
    };
    await this.#save(begun);
    return begun;
  }

  /** Notes that everything is to be loaded again, until that has begun. @param fault what was seen */
  async owe(why: Reload['why'], fault: string): Promise<void> {
    const since = this.#context.now().toISOString();
    const owed = owing(this.#cursor, { why, since, fault });
    if (owed !== this.#cursor) await this.#save(owed);
  }

  /**
   * Everything is to be read in full before changes go on from where we are: some may be in no list,
   * nor is the last one that we know.
   */
  async loadAll(): Promise<void> {
    const { last: _, ...rest } = this.#cursor;
    await this.#save({ ...rest, loads: this.#context.company.evidences.map(newLoad) });
  }

  /** Begins a new generation. */
  restart(): Promise<Started> {
    return this.begin(restarted(this.#cursor, this.#context.now()));
  }

  /** Whoever asked for this turn does not wait for the pause of an evidence's trouble. */
  async insist(): Promise<void> {
    const insistent = withTroublesTried(this.#cursor, this.#context.now());
    if (insistent !== this.#cursor) await this.#save(insistent);
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
    const cursor = this.#started();
    if (cursor.loads.length === 0) return true;
    const left = options.onlyFirst ? cursor.loads.length - 1 : 0;
    const isThrough = () => this.#cursor.loads.length <= left;
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

  /** Puts an evidence before all others to be loaded; one that is begun goes on. */
  async loadFirst(evidence: string): Promise<void> {
    const { loads } = this.#cursor;
    const first = loads.find((load) => load.evidence === evidence) ?? newLoad(evidence);
    if (loads[0] === first) return;
    const others = loads.filter((load) => load !== first);
    await this.#save({ ...this.#cursor, loads: [first, ...others] });
  }

  /**
   * Applies changes until there are none.
   *
   * @returns `over`: `isOver` said so; `off`: the changelog is; or what is wrong with the history
   */
  async follow(isOver: () => boolean): Promise<'done' | 'over' | 'off' | HistoryFault> {
    const cursor = this.#started();
    const { source, now } = this.#context;
    const { start, far } = whereToAsk(cursor.gaps, cursor.next);
    const answer = await pageOfOurs(source, cursor, start, this.#signal);
    if (answer.fault !== undefined) return answer.fault;
    const answers = [{ start: answer.start, page: answer.page }];
    for (const range of far) {
      const page = await changesThrough(source, range, this.#signal);
      answers.push({ start: range.from, page });
    }
    const beginning: Beginning = { late: [], gaps: cursor.gaps, page: answer.page };
    for (const { start: asked, page } of answers) {
      // What one answer has filled is no gap in the next.
      beginning.late = [...beginning.late, ...lateIn(beginning.gaps, page)];
      beginning.gaps = askedAgain(beginning.gaps, asked, page, now());
    }
    beginning.late = beginning.late.toSorted((one, other) => one.version - other.version);
    if (this.#bringsNothing(cursor, beginning)) {
      await this.#tryWaiting();
      // A server may answer while it is off as if nothing happened.
      return (await this.#context.changelogIsOn(this.#signal)) ? 'done' : 'off';
    }
    await this.take(
      (steps, signal) => pageSteps(steps, beginning, signal),
      () => this.#cursor.behindSince !== undefined && isOver(),
    );
    return this.#cursor.behindSince === undefined ? 'done' : 'over';
  }

  /** Calls the procedures after changes; not yet those of what is half loaded. */
  async callAfter(): Promise<void> {
    const loading = new Set(this.#cursor.loads.map(({ evidence }) => evidence));
    const due = this.#cursor.pending.filter((evidence) => !loading.has(evidence));
    if (due.length === 0) return;
    await this.#context.after(due, this.#signal);
    const pending = this.#cursor.pending.filter((evidence) => loading.has(evidence));
    await this.#save({ ...this.#cursor, pending });
  }

  /** Enters what stops us, or that nothing does; a trouble that goes on is not written again. */
  async settle(report: Omit<Trouble, 'since'> | undefined): Promise<void> {
    const { trouble, ...rest } = this.#cursor;
    if (trouble?.kind === report?.kind) return;
    const since = this.#context.now().toISOString();
    await this.#save(report === undefined ? rest : { ...rest, trouble: { ...report, since } });
  }

  /** What has waited since an evidence was in trouble; its time may have come. */
  async #tryWaiting(): Promise<void> {
    if (Object.keys(this.#cursor.stale).length === 0) return;
    let wrote = this.#wrote;
    const onApplied = () => {
      wrote = true;
    };
    await this.take(waitingSteps, () => false, onApplied);
    this.#wrote = wrote;
  }

  #bringsNothing({ next, gaps, behindSince }: Started, beginning: Beginning): boolean {
    const { page, late } = beginning;
    const fresh = (page.changes.at(-1)?.version ?? 0) >= next;
    const sameGaps = JSON.stringify(beginning.gaps) === JSON.stringify(gaps);
    return !fresh && late.length === 0 && sameGaps && behindSince === undefined;
  }

  /** Applies step after step, the next being made meanwhile, until `isOver` after a move. */
  async take(
    make: Make,
    isOver: () => boolean,
    onApplied?: (batch: Batch, rows: AppliedRows) => void,
  ): Promise<void> {
    const counts = new Map<string, AppliedRows>();
    let { readAt } = this.#cursor;
    const steps = this.#steps(this.#started());
    for await (const { page, moved } of ahead((signal) => make(steps, signal), this.#signal)) {
      if (page.batches.length > 0) {
        const applied = await this.#context.mirror.apply(page, this.#signal);
        for (const batch of page.batches) {
          const rows = applied.get(batch.evidence) ?? noRows;
          counts.set(batch.evidence, sum(counts.get(batch.evidence), rows));
          onApplied?.(batch, rows);
        }
      }
      readAt = page.readAt;
      const next = moved?.(this.#cursor) ?? this.#cursor;
      if (next === this.#cursor) continue;
      const cursor = withRows(next, counts);
      await this.#save({ ...cursor, ...(readAt && { readAt }) });
      counts.clear();
      if (isOver()) return;
    }
  }

  #steps(cursor: Started): StepContext {
    const { company, source, now } = this.#context;
    const { code, evidences } = company;
    return { company: code, evidences, source, cursor, now, readAt: () => this.#readAt() };
  }

  /** Clocks of two workers differ; the order of readings must not. */
  #readAt(): string {
    this.#lastReadAt = Math.max(this.#context.now().getTime(), this.#lastReadAt + 1);
    return new Date(this.#lastReadAt).toISOString();
  }

  #started(): Started {
    const { next } = this.#cursor;
    if (next === undefined) throw new Error('a company must begin before it is followed');
    return { ...this.#cursor, next };
  }

  async #save(moved: Cursor): Promise<void> {
    const warnings = withReturned(moved.warnings, this.#context.returned);
    const cursor = { ...moved, warnings };
    await this.#held.replace(cursor, this.#signal);
    tellChanges(this.#context.log, this.#context.company.code, this.#cursor, cursor);
    this.#cursor = cursor;
    this.#wrote = true;
  }
}
