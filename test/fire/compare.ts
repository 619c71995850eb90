/** What differs between a company and what the aggregate base says of it, in words. */

import { isDeepStrictEqual } from 'node:util';
import type { Property } from '../../shared/flexibee/typed/properties.ts';
import { expectedRow } from '../flexibee/typed/expected.ts';
import { evidences as shipped } from './companies.ts';
import {
  type Change,
  changelogOf,
  journalOf,
  type MirrorRow,
  mirrorOf,
  type Named,
  propertiesOf,
  type Records,
  type Row,
  type Sides,
  sourceOf,
  typedOf,
} from './rows.ts';

/** @param begun the generation, and the lowest version from which on all of it must be journaled */
export async function differences(
  world: Sides,
  followed: Named,
  begun: { generation: number; from: number } | undefined,
): Promise<string[]> {
  const { evidences = shipped } = followed;
  const source = sourceOf(world, followed);
  const changelog = changelogOf(world, followed);
  const mirror = await mirrorOf(world, followed);
  const found: string[] = [];
  for (const evidence of evidences) {
    const records: Records = source.get(evidence) ?? new Map();
    const rows = mirror.get(evidence) ?? new Map<string, MirrorRow>();
    found.push(...inMirror(records, rows).map(({ id, what }) => `${evidence} ${id} ${what}`));
    const typed = await typedOf(world, followed, evidence);
    const properties = await propertiesOf(world, followed, evidence);
    found.push(
      ...inTyped(properties, records, rows, typed).map((what) => `typed ${evidence} ${what}`),
    );
  }
  if (begun !== undefined) {
    const journal = await journalOf(world, followed, begun.generation);
    found.push(...inJournal(changelog, journal, begun.from, evidences));
  } else found.push('no cursor');
  return found.map((what) => `${followed.code}: ${what}`);
}

/** Every record is there as it is, and nothing else lives. */
export function inMirror(
  source: Records,
  mirror: ReadonlyMap<string, MirrorRow>,
): { id: string; what: string }[] {
  const found: { id: string; what: string }[] = [];
  for (const [id, record] of source) {
    const row = mirror.get(id);
    const what = row === undefined ? 'is not in the mirror' : whatDiffers(record, row);
    if (what !== undefined) found.push({ id, what });
  }
  for (const [id, { deleted, version }] of mirror) {
    if (deleted || source.has(id)) continue;
    found.push({ id, what: `lives in the mirror (version ${version}), and is gone` });
  }
  return found;
}

function whatDiffers(record: Row, { deleted, version, payload, code }: MirrorRow) {
  if (deleted) return `is deleted in the mirror (version ${version}), and lives`;
  if (!isDeepStrictEqual(payload, record)) {
    return `(version ${version}): ${fieldsThatDiffer(record, payload)}`;
  }
  return code === (record['kod'] || null) ? undefined : `has the code ${code}`;
}

/** Each row of the mirror has its typed row; what lives says what the server says. */
export function inTyped(
  properties: readonly Property[],
  source: Records,
  mirror: ReadonlyMap<string, MirrorRow>,
  typed: ReadonlyMap<string, Row>,
): string[] {
  const found: string[] = [];
  for (const [id, { deleted, generation, version, payload }] of mirror) {
    const row = typed.get(id);
    if (row === undefined) {
      found.push(`${id} has no row`);
      continue;
    }
    const own = { deleted, generation: `${generation}`, version: `${version}` };
    const values = expectedRow(properties, source.get(id) ?? payload);
    const expected = { ...own, ...values };
    const shown: Row = Object.fromEntries(Object.keys(expected).map((name) => [name, row[name]]));
    for (const name of ['generation', 'version']) shown[name] = String(shown[name]);
    if (typeof shown['lastUpdate'] === 'string') {
      shown['lastUpdate'] = Date.parse(shown['lastUpdate']);
    }
    if (!isDeepStrictEqual(shown, expected)) {
      found.push(`${id}: ${fieldsThatDiffer(expected, shown)}`);
    }
  }
  for (const id of typed.keys()) if (!mirror.has(id)) found.push(`${id} is no row of the mirror`);
  return found;
}

/** What the changelog lists is there, once and as it is; and nothing that is listed otherwise. */
export function inJournal(
  changelog: readonly Change[],
  journal: ReadonlyMap<number, readonly Change[]>,
  from: number,
  evidences: readonly string[] = shipped,
): string[] {
  const found: string[] = [];
  for (const change of changelog) {
    if (!evidences.includes(change.evidence)) continue;
    const rows = journal.get(change.version) ?? [];
    if (rows.length === 0 && change.version < from) continue;
    const [row] = rows;
    if (rows.length !== 1) {
      found.push(`journal: version ${change.version} is there ${rows.length} times`);
    } else if (!isDeepStrictEqual(row, change)) {
      found.push(`journal: ${JSON.stringify(row)} where ${JSON.stringify(change)} is listed`);
    }
  }
  return found;
}

function fieldsThatDiffer(expected: Row, shown: Row | null): string {
  const names = new Set([...Object.keys(expected), ...Object.keys(shown ?? {})]);
  return [...names]
    .filter((name) => !isDeepStrictEqual(expected[name], shown?.[name]))
    .map(
      (name) =>
        `${name} is ${JSON.stringify(shown?.[name])}, not ${JSON.stringify(expected[name])}`,
    )
    .slice(0, 4)
    .join('; ');
}
