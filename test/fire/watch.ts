/**
 * Believes what GET `/flexibee/{company}` says, all the time: where it says that nothing is behind
 * and nothing waits, every change from before the question must be in the mirror.
 */

import { isDeepStrictEqual } from 'node:util';
import type { CompanyDetails } from '../../functions/shapes/companies.ts';
import type { Cursor } from '../../shared/flexibee/cursor.ts';
import type { Followed } from './companies.ts';
import { inMirror } from './compare.ts';
import type { Mischief } from './mischief.ts';
import { pause } from './pause.ts';
import { changelogOf, type MirrorRow, mirrorOf, type Records, sourceOf } from './rows.ts';
import type { World } from './world.ts';

/**
 * What nobody tells the app of is found by the next poll: after the lease of one that was killed,
 * and as many pauses as requests that suffer.
 */
export const unseenMs = 25_000;

export class Watch {
  readonly counts = { asked: 0, claims: 0 };
  /** Wrong claims, in words. */
  readonly wrong: string[] = [];
  readonly #world: World;
  readonly #followed: Followed;
  readonly #mischief: Mischief;
  #begun: { generation: number; from: number } | undefined;

  constructor(world: World, followed: Followed, mischief: Mischief) {
    this.#world = world;
    this.#followed = followed;
    this.#mischief = mischief;
  }

  async look(pauseMs: number, patienceMs: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await pause(pauseMs, signal);
      if (!signal.aborted) await this.once(patienceMs);
    }
  }

  /** @param patienceMs how long may be unseen what nobody tells of, or what came late */
  async once(patienceMs: number): Promise<void> {
    this.begunAs(await this.#world.cursor(this.#followed.code));
    const before = sourceOf(this.#world, this.#followed);
    const newest = this.#company.globalVersion();
    const askedAt = performance.now();
    const said = await this.state();
    this.counts.asked += 1;
    if (said === undefined || !saysAllIsThere(said)) return;
    if (askedAt - this.#mischief.unseenAt < patienceMs) return;
    this.counts.claims += 1;
    const mirror = await mirrorOf(this.#world, this.#followed);
    const after = sourceOf(this.#world, this.#followed);
    const late = this.#lateRecords(patienceMs);
    // Something that nobody tells of may have come between, and be in the mirror or not.
    if (performance.now() - this.#mischief.unseenAt < patienceMs) return;
    for (const [evidence, records] of before) {
      const now: Records = after.get(evidence) ?? new Map();
      const rows = mirror.get(evidence) ?? new Map<string, MirrorRow>();
      const isSure = (id: string) =>
        isDeepStrictEqual(records.get(id), now.get(id)) && !late.has(`${evidence} ${id}`);
      const stood = new Map([...records].filter(([id]) => isSure(id)));
      // What came and went meanwhile may still live there.
      const old = [...rows].filter(([id, row]) => isSure(id) && row.version <= newest);
      for (const { id, what } of inMirror(
        stood,
        new Map([...rows].filter(([id]) => stood.has(id))),
      )) {
        this.#report(evidence, id, what, said);
      }
      const gone = new Map(old.filter(([id]) => !records.has(id)));
      for (const { id, what } of inMirror(new Map(), gone)) this.#report(evidence, id, what, said);
    }
  }

  /**
   * The generation of a cursor, and the version that came next when it was first seen: from there on
   * everything is in its journal.
   */
  begunAs(cursor: Cursor | undefined): { generation: number; from: number } | undefined {
    if (cursor?.next === undefined) return undefined;
    const { generation, next } = cursor;
    if (this.#begun?.generation !== generation) this.#begun = { generation, from: next };
    return this.#begun;
  }

  /** What the app says now; undefined where nobody answers. */
  async state(): Promise<CompanyDetails | undefined> {
    const path = `/flexibee/${this.#followed.code}`;
    const said = await this.#world.ask<CompanyDetails>('GET', path);
    return said?.status === 200 ? said.value : undefined;
  }

  get #company() {
    return this.#world.flexibee.company(this.#followed.name);
  }

  /** Records whose newest change came late just now. */
  #lateRecords(withinMs: number): Set<string> {
    if (!this.#company.changelogEnabled()) return new Set();
    const changes = changelogOf(this.#world, this.#followed);
    return new Set(
      changes
        .filter(({ version }) => this.#mischief.isLate(version, withinMs))
        .map(({ evidence, id }) => `${evidence} ${id}`),
    );
  }

  #report(evidence: string, id: string, what: string, said: CompanyDetails): void {
    const state = shown(said);
    this.wrong.push(`${this.#followed.code} ${evidence} ${id} ${what}; the state was ${state}`);
  }
}

export type Said = Pick<
  CompanyDetails,
  'state' | 'lag' | 'gaps' | 'stale' | 'loads' | 'blocked' | 'live'
>;

/**
 * Following, nothing behind by what the server itself says now, and nothing that waits. Open gaps
 * are no word about what was committed: only what comes late may be missing.
 */
export function saysAllIsThere(said: Said): boolean {
  const { state, lag, gaps, stale, loads, blocked, live } = said;
  const waiting = lag.versions - gaps + stale + loads.length + blocked.length;
  return state === 'following' && waiting === 0 && live !== undefined && 'globalVersion' in live;
}

function shown({ state, version, globalVersion, lag, gaps, generation }: CompanyDetails): string {
  return JSON.stringify({ state, version, globalVersion, lag, gaps, generation });
}
