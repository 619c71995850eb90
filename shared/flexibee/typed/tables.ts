/**
 * The typed tables of a company during a turn at it: brought up to what FlexiBee says of its records,
 * before rows are written; what keeps them from it is told, and the mirror goes on.
 */

import { DatabaseError } from '../../database/database-error.ts';
import { FlexibeeError } from '../errors.ts';
import type { Mirror, RecordState } from '../types.ts';
import type { TypedBase, TypedColumns } from './base.ts';
import type { EvidenceProperties } from './properties.ts';
import type { TypedState, TypedStates } from './state.ts';

/** FlexiBee is asked once a day what an evidence is made of, beside every load. */
const askEveryMs = 24 * 60 * 60_000;

/** What is due or has failed is tried again after as long as it has lasted, within these. */
const leastPauseMs = 60_000;
const longestPauseMs = 5 * 60_000;

/** A load that begins asks unless somebody has just done so. */
const freshMs = 10 * 60_000;

export interface TypedDependencies {
  company: string;
  /** Those whose rows go into the mirror. */
  evidences: readonly string[];
  properties(evidence: string, signal: AbortSignal): Promise<EvidenceProperties>;
  base: TypedBase;
  now(): Date;
  log(text: string): void;
}

const dueMessages = {
  locked: 'somebody else had the tables for 5 s: it is tried again by itself',
  'no right':
    'npm run sql:install makes the columns: the procedures of this base cannot alter tables by themselves',
};

export class TypedTables {
  readonly #dependencies: TypedDependencies;
  #states: TypedStates = {};
  /** Evidences whose pause is not waited for. */
  readonly #insisted = new Set<string>();

  constructor(dependencies: TypedDependencies) {
    this.#dependencies = dependencies;
  }

  /** A new object with every change. */
  get states(): TypedStates {
    return this.#states;
  }

  /** @param states as the cursor has them; of an evidence that is not followed any more they go */
  takeUp(states: TypedStates): void {
    const { evidences } = this.#dependencies;
    const kept = Object.entries(states).filter(([evidence]) => evidences.includes(evidence));
    this.#states = kept.length === Object.keys(states).length ? states : Object.fromEntries(kept);
  }

  /** Whoever asked for this turn does not wait for the pause of what is due or has failed. */
  insist(): void {
    for (const [evidence, { state }] of Object.entries(this.#states)) {
      if (isWaiting(state)) this.#insisted.add(evidence);
    }
  }

  /**
   * Asks, shapes and fills whatever is due.
   *
   * @param loading evidences whose load is about to begin
   * @param isOver asked between parts of the filling
   * @returns false when it was over before the end
   * @throws FlexibeeError of a server that is away, DatabaseError of a base that is, the signal's reason
   */
  async bringUp(
    loading: ReadonlySet<string>,
    isOver: () => boolean,
    signal: AbortSignal,
  ): Promise<boolean> {
    for (const evidence of this.#dependencies.evidences) {
      if (this.#isDue(evidence, loading)) await this.#shape(evidence, new Map(), signal);
      if (this.#states[evidence]?.state !== 'filling') continue;
      if (!(await this.#fill(evidence, isOver, signal))) return false;
    }
    return true;
  }

  /** Before records are written: whether they have what their table has no column for. */
  async notice(
    evidence: string,
    records: readonly RecordState[],
    signal: AbortSignal,
  ): Promise<void> {
    const state = this.#states[evidence];
    if (state?.state !== 'ready' && state?.state !== 'filling') return;
    const { base, company } = this.#dependencies;
    const key = `${company}/${evidence}`;
    const inVain = base.inVain.get(key) ?? new Set();
    const lacking = lackingIn(records, await base.columns(evidence, signal), inVain);
    if (lacking.size === 0) return;
    await this.#shape(evidence, lacking, signal);
    const known = await base.columns(evidence, signal);
    for (const name of lacking.keys()) if (!known.has(name)) inVain.add(name);
    base.inVain.set(key, inVain);
  }

  /** Learns of values that did not fit, and of columns that are named with their kind. */
  async learn(signal: AbortSignal): Promise<void> {
    const { base, company } = this.#dependencies;
    if (!Object.values(this.#states).some(({ state }) => state !== 'failed')) return;
    const news = await base.news(company, signal);
    for (const [evidence, { misfits: _, notes: __, ...rest }] of Object.entries(this.#states)) {
      const own = news.filter((one) => one.evidence === evidence);
      const misfits = own.flatMap(({ column, rows }) => (rows ? [[column, rows] as const] : []));
      const notes = own.flatMap(({ note }) => (note === undefined ? [] : [note]));
      this.#set(evidence, {
        ...rest,
        ...(misfits.length > 0 && { misfits: Object.fromEntries(misfits) }),
        ...(notes.length > 0 && { notes }),
      });
    }
  }

  #isDue(evidence: string, loading: ReadonlySet<string>): boolean {
    const known = this.#states[evidence];
    if (known === undefined) return true;
    const ageMs = this.#dependencies.now().getTime() - Date.parse(known.askedAt);
    // Of another worker's clock it may be in the future.
    if (ageMs < 0 || ageMs >= askEveryMs) return true;
    if (loading.has(evidence) && ageMs >= freshMs) return true;
    const lastedMs = Date.parse(known.askedAt) - Date.parse(known.since ?? known.askedAt);
    const pauseMs = Math.min(longestPauseMs, Math.max(leastPauseMs, lastedMs));
    return isWaiting(known.state) && (this.#insisted.has(evidence) || ageMs >= pauseMs);
  }

  async #shape(
    evidence: string,
    longer: ReadonlyMap<string, number>,
    signal: AbortSignal,
  ): Promise<void> {
    const { properties, base, company, now } = this.#dependencies;
    const askedAt = now().toISOString();
    this.#insisted.delete(evidence);
    try {
      const told = withLengths(await properties(evidence, signal), longer);
      const shaped = await base.shape(company, evidence, told, signal);
      if (shaped === 'locked' || shaped === 'no right') {
        this.#enter(evidence, { state: 'due', askedAt, message: dueMessages[shaped] });
      } else this.#enter(evidence, { state: 'filling', askedAt });
    } catch (error) {
      signal.throwIfAborted();
      if (!isItsOwn(error)) throw error;
      const cure =
        error instanceof FlexibeeError ? error.cure : 'npm run sql:install makes what is missing';
      this.#enter(evidence, { state: 'failed', askedAt, message: `${error.message}. ${cure}` });
    }
  }

  async #fill(evidence: string, isOver: () => boolean, signal: AbortSignal): Promise<boolean> {
    const { base } = this.#dependencies;
    while (await base.fill(evidence, signal)) if (isOver()) return false;
    const { askedAt } = this.#states[evidence] ?? {};
    if (askedAt !== undefined) this.#enter(evidence, { state: 'ready', askedAt });
    return true;
  }

  /** What is told once, when it begins. */
  #enter(evidence: string, entered: Omit<TypedState, 'since'>): void {
    const { company, log } = this.#dependencies;
    const { since, message, state, misfits, notes } = this.#states[evidence] ?? {};
    const isTrouble = entered.message !== undefined;
    const goesOn = isTrouble && state === entered.state && message === entered.message;
    if (isTrouble && !goesOn)
      log(
        `FlexiBee ${company}: the typed table of ${evidence} is ${entered.state}: ${entered.message}`,
      );
    this.#set(evidence, {
      ...entered,
      ...(isTrouble && { since: goesOn && since !== undefined ? since : entered.askedAt }),
      ...(misfits && { misfits }),
      ...(notes && { notes }),
    });
  }

  #set(evidence: string, state: TypedState): void {
    if (JSON.stringify(this.#states[evidence]) === JSON.stringify(state)) return;
    this.#states = { ...this.#states, [evidence]: state };
  }
}

const isWaiting = (state: TypedState['state']) => state === 'due' || state === 'failed';

/** The mirror whose tables are looked at before every writing. */
export function noticingMirror(mirror: Mirror, tables: TypedTables): Mirror {
  return {
    generation: mirror.generation.bind(mirror),
    async apply(page, signal) {
      for (const { evidence, records } of page.batches)
        await tables.notice(evidence, records, signal);
      return mirror.apply(page, signal);
    },
  };
}

/** What concerns the one evidence: a server or a base that is away is the company's trouble. */
function isItsOwn(error: unknown): error is FlexibeeError | DatabaseError {
  if (error instanceof FlexibeeError) {
    return !error.isTransient && error.kind !== 'unreachable' && error.kind !== 'wrong password';
  }
  return error instanceof DatabaseError && error.meaning === 'permanent';
}

function withLengths(
  told: EvidenceProperties,
  longer: ReadonlyMap<string, number>,
): EvidenceProperties {
  const properties = told.properties.map((property) => {
    const letters = longer.get(property.name) ?? 0;
    return property.maxLength !== undefined && letters > property.maxLength
      ? { ...property, maxLength: letters }
      : property;
  });
  return { ...told, properties };
}

/** Single values whose property has no column, or one that is too narrow; with their length. */
function lackingIn(
  records: readonly RecordState[],
  columns: TypedColumns,
  inVain: ReadonlySet<string>,
): Map<string, number> {
  const found = new Map<string, number>();
  for (const { payload } of records) {
    for (const key in payload) {
      const value = payload[key];
      if (value === null || typeof value === 'object') continue;
      const letters = columns.get(key);
      const length = typeof value === 'string' ? value.length : 1;
      if (letters === undefined ? isNoProperty(key, inVain) : length <= letters) continue;
      found.set(key, Math.max(found.get(key) ?? 0, length));
    }
  }
  return found;
}

const isNoProperty = (key: string, inVain: ReadonlySet<string>) =>
  key === 'id' || key === 'external-ids' || key.includes('@') || inVain.has(key);
