/**
 * The rules of the aggregate base's side of FlexiBee as a plain model in memory: what
 * `crude.sp_apply_flexibee_page` does with tables, and what it is compared with.
 */

import { DatabaseError } from '../../shared/database/database-error.ts';
import {
  type AppliedRows,
  type Batch,
  type Change,
  generationOver,
  type Mirror,
  type MirrorPage,
} from '../../shared/flexibee/types.ts';

/** One row of `crude.flexibee_record`, without its timestamps. */
export interface MirrorRow {
  id: string;
  generation: number;
  version: number;
  readAt: string;
  deleted: boolean;
  code: string | null;
  externalIds: string[];
  payload: Record<string, unknown> | null;
}

/** One row of `crude.flexibee_change`. */
export type JournalRow = Change & { generation: number };

export interface MemoryMirror extends Mirror {
  /** Every row of one evidence, tombstones too, by number. */
  rows(company: string, evidence: string): MirrorRow[];
  /** What a reader takes for the evidence: payloads of the rows that are not deleted, by id. */
  alive(company: string, evidence: string): Map<string, Record<string, unknown> | null>;
  /** By generation and version. */
  journal(company: string): JournalRow[];
}

type Content = Pick<MirrorRow, 'deleted' | 'code' | 'externalIds' | 'payload'>;
type Knowledge = Pick<MirrorRow, 'generation' | 'version' | 'readAt'>;

export function memoryMirror(): MemoryMirror {
  const tables = new Map<string, Map<string, MirrorRow>>();
  const journals = new Map<string, Map<string, JournalRow>>();

  const tableOf = (company: string, evidence: string) =>
    entryOf(tables, JSON.stringify([company, evidence]));

  const generations = new Map<string, Map<string, number>>();

  /** What is of a generation that is over is refused whole. */
  const takeGeneration = ({ company, generation, batches }: MirrorPage) => {
    const known = entryOf(generations, company);
    for (const { evidence } of batches) {
      if ((known.get(evidence) ?? 0) <= generation) continue;
      const text = `The base has generation ${known.get(evidence)} of ${evidence}: generation ${generation} is over.`;
      throw new DatabaseError(text, 'permanent', { number: generationOver });
    }
    for (const { evidence } of batches) known.set(evidence, generation);
  };

  const applyBatch = ({ company, generation, readAt }: MirrorPage, batch: Batch): AppliedRows => {
    const { evidence, gone } = batch;
    const journal = entryOf(journals, company);
    for (const change of batch.changes) {
      const key = `${generation}/${change.version}`;
      if (!journal.has(key)) journal.set(key, { ...structuredClone(change), generation });
    }
    const table = tableOf(company, evidence);
    const counts: AppliedRows = { created: 0, updated: 0, deleted: 0 };
    for (const state of batch.records) {
      const content: Content = {
        deleted: state.deleted,
        code: state.code ?? null,
        externalIds: [...state.externalIds],
        payload: state.payload === undefined ? null : structuredClone(state.payload),
      };
      put(table, state.id, { generation, version: state.version, readAt }, content, counts);
    }
    if (gone) {
      const knowledge = { generation, version: gone.version, readAt };
      for (const row of [...table.values()]) {
        if (row.deleted) continue;
        if (row.generation === generation && row.readAt >= gone.readBefore) continue;
        put(table, row.id, knowledge, { ...row, deleted: true }, counts);
      }
    }
    return counts;
  };

  return {
    async apply(page, signal) {
      signal.throwIfAborted();
      check(page);
      takeGeneration(page);
      return new Map(page.batches.map((batch) => [batch.evidence, applyBatch(page, batch)]));
    },
    generation: async (company) => Math.max(0, ...entryOf(generations, company).values()),
    rows: (company, evidence) =>
      [...tableOf(company, evidence).values()]
        .sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1))
        .map((row) => structuredClone(row)),
    alive: (company, evidence) =>
      new Map(
        [...tableOf(company, evidence).values()]
          .filter(({ deleted }) => !deleted)
          .map(({ id, payload }) => [id, structuredClone(payload)]),
      ),
    journal: (company) =>
      [...entryOf(journals, company).values()]
        .sort((a, b) => a.generation - b.generation || a.version - b.version)
        .map((row) => structuredClone(row)),
  };
}

/** Writes what is newer; counts what changed for a reader. */
function put(
  table: Map<string, MirrorRow>,
  id: string,
  knowledge: Knowledge,
  content: Content,
  counts: AppliedRows,
): void {
  const row = table.get(id);
  if (row && !isNewer(knowledge, row)) return;
  // A row that is deleted stays what it was.
  const { code, externalIds, payload, deleted } = content;
  const kept = row && deleted ? row : { code, externalIds, payload };
  table.set(id, { ...kept, id, ...knowledge, deleted });
  const wasAlive = row !== undefined && !row.deleted;
  if (wasAlive && content.deleted) counts.deleted += 1;
  else if (!wasAlive && !content.deleted) counts.created += 1;
  else if (wasAlive && textOf(row) !== textOf(content)) counts.updated += 1;
}

function isNewer(one: Knowledge, other: Knowledge): boolean {
  if (one.generation !== other.generation) return one.generation > other.generation;
  if (one.version !== other.version) return one.version > other.version;
  return one.readAt > other.readAt;
}

/** As the table compares: the text of the JSON, order of fields included. */
const textOf = ({ code, externalIds, payload }: Content) =>
  JSON.stringify([code, externalIds, payload]);

/** What the procedure refuses whole. */
function check({ batches }: MirrorPage): void {
  if (new Set(batches.map(({ evidence }) => evidence)).size < batches.length) {
    throw new RangeError('an evidence is there twice');
  }
  for (const { evidence, records, changes } of batches) {
    for (const { id } of [...records, ...changes]) {
      if (!/^-?[1-9]\d{0,17}$/.test(id))
        throw new RangeError(`${JSON.stringify(id)} is no record id`);
    }
    if (new Set(records.map(({ id }) => id)).size < records.length) {
      throw new RangeError('a record is there twice');
    }
    const other = changes.find((change) => change.evidence !== evidence);
    if (other) throw new RangeError(`a change of ${other.evidence} in a batch of ${evidence}`);
  }
}

function entryOf<V>(maps: Map<string, Map<string, V>>, key: string): Map<string, V> {
  const found = maps.get(key) ?? new Map<string, V>();
  maps.set(key, found);
  return found;
}
