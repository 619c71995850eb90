/** A company, a mirror and workers that may be killed at any I/O. */

import assert from 'node:assert/strict';
import { DatabaseError } from '../../shared/database/database-error.ts';
import { type ChangelogControl, turnChangelog } from '../../shared/flexibee/changelog.ts';
import type { CursorStore, FollowContext, HeldCursor } from '../../shared/flexibee/context.ts';
import { type Cursor, cursorForm } from '../../shared/flexibee/cursor.ts';
import { type PollOutcome, poll } from '../../shared/flexibee/follow.ts';
import {
  type Change,
  generationOver,
  type MirrorPage,
  type TroubleKind,
} from '../../shared/flexibee/types.ts';
import { LeaseLostError } from '../../shared/lock/keeper.ts';
import { StorageClock } from '../../shared/storage/clock.ts';
import { type CompanyOptions, companyModel, trouble } from '../support/flexibee-company.ts';
import { memoryMirror } from '../support/flexibee-mirror.ts';

export const code = 'flexi-demo';
export const evidences = ['adresar', 'cenik', 'faktura-vydana'];
/** In the changelog, too. */
export const otherEvidence = 'stitek';

/** So long a transaction may stay open, in milliseconds. */
export const lateMs = 60 * 60_000;

/** The shortest that the lock of a dead worker lives. */
const leaseMs = 15_000;

/** The worker is dead: whatever it does next does not happen. */
export class Killed extends Error {}

export interface Death {
  /** Of the worker's I/O, from 1. */
  at: number;
  /** `late`: the mirror gets the call when others have gone on. */
  mode: 'before' | 'after' | 'late';
}

/** What is wrong during a poll. */
export interface Illness {
  /** How far the worker's own clock is ahead, in milliseconds. */
  skewMs?: number;
  /** The server answers nothing else. */
  server?: TroubleKind | undefined;
  base?: boolean;
}

export interface Cursors {
  store: CursorStore;
  /** The lease of a dead worker runs out. */
  expire(): Promise<void>;
}

/** The cursor's blob, in memory. */
export function memoryCursors(): Cursors {
  let text: string | undefined;
  let holder: object | undefined;
  const value = () => (text === undefined ? undefined : cursorForm.schema.parse(JSON.parse(text)));
  return {
    store: {
      async acquire() {
        if (holder !== undefined) return undefined;
        const mine = {};
        holder = mine;
        return {
          get value() {
            return value();
          },
          lost: new AbortController().signal,
          async replace(next: Cursor) {
            if (holder !== mine) throw new LeaseLostError(code, 'another holder has it');
            text = JSON.stringify(cursorForm.schema.parse(next));
          },
          async release() {
            if (holder === mine) holder = undefined;
          },
        };
      },
      read: async () => value(),
    },
    async expire() {
      holder = undefined;
    },
  };
}

export function newWorld(
  options: Partial<CompanyOptions> & {
    onRegression?: 'stop' | 'reload';
    sliceMs?: number;
    cursors?: Cursors;
  } = {},
) {
  let time = Date.UTC(2026, 0, 5, 10);
  const company = companyModel({
    now: () => new Date(time++),
    timestamps: true,
    global: 'seen',
    ...options,
  });
  const mirror = memoryMirror();
  const cursors = options.cursors ?? memoryCursors();
  /** The last cursor written. */
  let cursor: Cursor | undefined;
  /** The version consumed when each generation began. */
  const began = new Map<number, number>();
  const effects = { created: 0, updated: 0, deleted: 0 };
  const late: (() => Promise<unknown>)[] = [];
  /** Evidences whose procedures were called after their last change in the mirror. */
  const dirty = new Set<string>();
  const called: string[][] = [];
  /** As they were when they were called. */
  const seenMarks: Record<string, string> = {};
  const logged: string[] = [];
  const requests: string[] = [];
  let seenOnAt = Number.NEGATIVE_INFINITY;

  /** A new worker's context; `io` counts what it did. */
  function worker(death?: Death, before: (what: string) => void = () => {}, ill: Illness = {}) {
    const done: string[] = [];
    let dead = false;
    const clock = new StorageClock(ill.skewMs ?? 0, () => time);
    const hearStorage = () => clock.observe(new Date(time - (time % 1000)), time, time);
    const server = async <T>(call: () => Promise<T>): Promise<T> => {
      if (ill.server) throw trouble(ill.server);
      return await call();
    };
    async function io<T>(what: string, call: () => Promise<T>): Promise<T> {
      if (dead) throw new Killed(what);
      before(what);
      done.push(what);
      if (done.length !== death?.at) return await call();
      dead = true;
      if (death.mode === 'after') await call();
      else if (death.mode === 'late' && what === 'apply') late.push(call);
      throw new Killed(what);
    }
    const guarded = (held: HeldCursor): HeldCursor => ({
      get value() {
        return held.value;
      },
      lost: held.lost,
      replace: (next, signal) =>
        io('replace', async () => {
          await held.replace(next, signal);
          hearStorage();
          cursor = next;
          if (next.next !== undefined && !began.has(next.generation)) {
            began.set(next.generation, next.next - 1);
          }
        }),
      release: () => io('release', () => held.release()).catch(() => {}),
    });
    const context: FollowContext = {
      company: { code, evidences, onRegression: options.onRegression ?? 'reload', lateMs },
      source: {
        changes: (range, signal) => {
          requests.push('changes');
          return io('changes', () => server(() => company.changes(range, signal)));
        },
        records: (evidence, ids, signal) => {
          requests.push('records');
          return io('records', () => server(() => company.records(evidence, ids, signal)));
        },
        list: (evidence, range, signal) => {
          requests.push('list');
          return io('list', () => server(() => company.list(evidence, range, signal)));
        },
      },
      returned: new Map(),
      mirror: {
        apply: (page: MirrorPage) =>
          io('apply', async () => {
            if (ill.base) throw new DatabaseError('the base is away', 'timed out');
            // What was sent is done, whoever has left meanwhile.
            const applied = await mirror.apply(page, new AbortController().signal);
            for (const [evidence, rows] of applied) {
              effects.created += rows.created;
              effects.updated += rows.updated;
              effects.deleted += rows.deleted;
              if (rows.created + rows.updated + rows.deleted > 0) dirty.add(evidence);
            }
            return applied;
          }),
        generation: (...args) => io('generation', () => mirror.generation(...args)),
      },
      cursors: {
        async acquire(name, signal) {
          const held = await io('acquire', () => cursors.store.acquire(name, signal));
          hearStorage();
          return held && guarded(held);
        },
        read: (name, signal) => cursors.store.read(name, signal),
      },
      now: () => clock.now(),
      changelogIsOn: async (signal) => {
        if (time - seenOnAt < 5 * 60_000) return true;
        requests.push('status');
        const isOn = await io('status', () => server(() => company.status(signal)));
        if (isOn) seenOnAt = time;
        return isOn;
      },
      sliceMs: options.sliceMs ?? 3_600_000,
      log: (text) => void logged.push(text),
      after: async (marks) => {
        const due = Object.entries(marks).filter(
          ([evidence, mark]) => seenMarks[evidence] !== mark,
        );
        if (due.length === 0) return;
        await io('after', async () => {
          called.push(due.map(([evidence]) => evidence));
          for (const [evidence, mark] of due) {
            dirty.delete(evidence);
            seenMarks[evidence] = mark;
          }
        });
      },
    };
    return { context, done };
  }

  return {
    company,
    mirror,
    cursors,
    /** The last one written. */
    get cursor() {
      return cursor;
    },
    /** Rows of the mirror that ever changed. */
    effects,
    worker,
    called,
    logged,
    requests,
    dirty,
    timestamps: options.timestamps ?? true,
    enabling: options.enabling ?? 'keeps',
    time: () => time,
    tick(ms: number) {
      time += ms;
    },
    /** One poll of a worker that may die of it. */
    async poll(death?: Death, before?: (what: string) => void, ill?: Illness) {
      const { context, done } = worker(death, before, ill);
      let outcome: PollOutcome | 'killed' = 'killed';
      try {
        outcome = await poll(context, { waitForLockMs: 0 }, new AbortController().signal);
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
      }
      await cursors.expire();
      if (outcome === 'killed') time += leaseMs;
      return { outcome, done };
    },
    /** Our own routes. */
    async turn(to: 'on' | 'off') {
      const control: ChangelogControl = {
        status: (signal) => company.status(signal),
        enable: async () => {
          company.changelog = 'on';
        },
        disable: async () => {
          company.changelog = 'off';
        },
      };
      const { context } = worker();
      const never = new AbortController().signal;
      assert.equal(await turnChangelog(to, context, control, { waitForLockMs: 0 }, never), true);
    },
    /** What dead workers had sent arrives now. */
    async arriveLate() {
      for (const call of late.splice(0)) {
        await call().catch((error: unknown) => {
          // Of a generation that is over, which is told and not written.
          if (!(error instanceof DatabaseError && error.number === generationOver)) throw error;
        });
      }
    },
    /** Polls until there is nothing to do; fails when that does not come. */
    async settle() {
      for (let polls = 0; polls < 50; polls += 1) {
        const { outcome } = await this.poll();
        if (outcome === 'idle') return;
        assert.notEqual(outcome, 'trouble', logged.join('\n'));
      }
      assert.fail('no end of polls');
    },
    /** The mirror is what the company is, and the journal what happened there. */
    check() {
      for (const evidence of evidences) {
        assert.deepEqual(mirror.alive(code, evidence), company.alive(evidence), evidence);
      }
      assert.equal(mirror.alive(code, otherEvidence).size, 0);
      const { generation: current } = cursor ?? assert.fail('no cursor');
      const journal = mirror
        .journal(code)
        .filter(({ generation }) => generation === current)
        .map(({ generation: _, ...change }) => change);
      const versions = new Set(journal.map(({ version }) => version));
      const loaded = began.get(current) ?? 0;
      const isFollowed = ({ evidence }: Change) => evidences.includes(evidence);
      // What was loaded need not be in the journal, nor what is in no list any more.
      for (const { version } of company.log.filter(isFollowed)) {
        assert.ok(version <= loaded || versions.has(version), `${version} is not in the journal`);
      }
      const known = ({ version }: Change) => versions.has(version);
      const happened = company.history.filter(isFollowed).filter(known);
      assert.deepEqual(
        journal,
        happened.toSorted((one, other) => one.version - other.version),
      );
      assert.deepEqual([...dirty], [], 'procedures after changes');
    },
  };
}

export type World = ReturnType<typeof newWorld>;
