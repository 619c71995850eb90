import { createRandom, type Random } from 'stand-in-kit';
import type { Changelog } from './changelog.ts';
import { type Database, quoted } from './database.ts';
import { evidenceOf, isDirect } from './evidence/index.ts';
import { localDate, localDateTime } from './time.ts';
import type { BulkOptions, Operation } from './types.ts';

interface BulkRecord {
  evidence: string;
  id: number;
  kod: string | null;
  /** Version and time of the last change, and whether that deleted it. */
  last: number;
  deleted: boolean;
}

/** What a bulk history is of, in an order in which nothing refers to what comes later. */
const evidences = [
  'adresar',
  'cenik',
  'smlouva',
  'objednavka-prijata',
  'faktura-vydana',
  'faktura-vydana-polozka',
  'faktura-prijata',
  'banka',
  'pokladni-pohyb',
].map(evidenceOf);

/** Nothing refers to these, so any of them may be deleted. */
const deletable = new Set(['faktura-prijata', 'banka', 'pokladni-pohyb', 'objednavka-prijata']);

/** So much more often one of them is deleted, to come to the share of all changes. */
const deletableShare = evidences.length / deletable.size;

/** How many changes of the made-up history share a millisecond. */
const changesPerMillisecond = 5;

/**
 * Makes a history of many changes: creations of nine evidences in turn, then updates and deletions
 * of what they created. The log holds every one of them, the tables what they come to.
 * @returns the versions
 */
export function fillInBulk(
  db: Database,
  log: Changelog,
  { changes, records = Math.ceil(changes / 10), deletes = 0.02, seed = 1 }: BulkOptions,
  now: number,
): number[] {
  if (records < 1 || records > changes) {
    throw new RangeError(`records: ${records} is not between 1 and the ${changes} changes`);
  }
  const random = createRandom(`bulk ${seed}`);
  return db.transaction(() => {
    const start = (now - Math.ceil(changes / changesPerMillisecond)) * 1000;
    const made: BulkRecord[] = [];
    const versions: number[] = [];
    const enabled = log.enabled;
    let recorder = log.recorder(start);
    const record = (target: BulkRecord, operation: Operation) => {
      const count = versions.length;
      // Gaps are left between transactions: let these be of a hundred changes.
      if (count % 100 === 0) {
        recorder.finish();
        recorder = log.recorder(start + Math.floor(count / changesPerMillisecond) * 1000);
      }
      recorder.record(target.evidence, target.id, operation, codes(target));
      versions.push(recorder.versions.at(-1) ?? count);
      target.last = count;
    };
    createAll(db, records, random, start / 1000, (target) => {
      made.push(target);
      record(target, 'create');
    });
    const alive = [...made];
    while (versions.length < changes) {
      const index = random.integer(0, alive.length - 1);
      const target = alive[index];
      if (target === undefined) break;
      if (deletable.has(target.evidence) && random.chance(deletes * deletableShare)) {
        target.deleted = true;
        record(target, 'delete');
        alive[index] = alive.at(-1) ?? target;
        alive.pop();
      } else {
        record(target, 'update');
      }
    }
    recorder.finish();
    settle(db, made, records, start / 1000);
    return enabled ? versions : [];
  });
}

const codes = ({ kod }: BulkRecord): string[] => (kod === null ? [] : [`code:${kod}`]);

/** What the tables hold in the end: the last update's text, and no deleted records. */
function settle(db: Database, made: readonly BulkRecord[], created: number, start: number): void {
  for (const { evidence, id, last, deleted } of made) {
    if (deleted) {
      db.run(`DELETE FROM ${quoted(evidence)} WHERE id = ?`, id);
    } else if (last >= created) {
      db.run(
        `UPDATE ${quoted(evidence)} SET poznam = ?, "lastUpdate" = ? WHERE id = ?`,
        `Změna č. ${last}`,
        localDateTime(start + Math.floor(last / changesPerMillisecond)),
        id,
      );
    }
  }
}

function createAll(
  db: Database,
  records: number,
  random: Random,
  now: number,
  created: (record: BulkRecord) => void,
): void {
  const highest = (path: string) =>
    db.number('SELECT seq FROM sqlite_sequence WHERE name = ?', path) ?? 0;
  const first = new Map(evidences.map(({ path }) => [path, highest(path) + 1]));
  const day = localDate(now);
  for (let index = 0; index < records; index++) {
    const evidence = evidences[index % evidences.length];
    if (evidence === undefined) return;
    const round = Math.floor(index / evidences.length);
    /** A record made before in this run: the one of the same round. */
    const peer = (path: string) => (first.get(path) ?? 1) + round;
    const total = random.integer(1, 90_000);
    const kod = isDirect(evidence) ? bulkCode(evidence.path, peer(evidence.path)) : null;
    const row: Record<string, string | number | null> = {
      lastUpdate: localDateTime(now),
      kod,
      nazev: `Hromadný záznam ${index + 1}`,
      platiOd: 0,
      platiDo: 9999,
      datVyst: day,
      smlouvaOd: day,
      mena: 31,
      firma: peer('adresar'),
      cenik: peer('cenik'),
      doklFak: peer('faktura-vydana'),
      sumOsv: total,
      sumZklCelkem: total,
      sumCelkem: total,
      cenaZakl: total,
      sumZkl: total,
      zbyvaUhradit: total,
      varSym: String(index + 1),
    };
    const names = evidence.properties
      .map(({ name }) => name)
      .filter((name) => row[name] !== undefined);
    const id = db.run(
      `INSERT INTO ${quoted(evidence.path)} (${names.map(quoted).join(', ')})
       VALUES (${names.map(() => '?').join(', ')})`,
      ...names.map((name) => row[name] ?? null),
    );
    created({ evidence: evidence.path, id, kod, last: 0, deleted: false });
  }
}

const bulkCode = (path: string, id: number): string =>
  `H${path
    .replace(/[^a-z]/g, '')
    .slice(0, 4)
    .toUpperCase()}-${id}`;
