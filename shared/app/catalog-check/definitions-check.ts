/** Definitions of dynsql against a database that has their tables: whether it takes their SQL. */

import type { Databases } from '../../database/databases.ts';
import { sqlIn } from '../../dynsql/sql/definition-sql.ts';
import { objectsIn } from '../../dynsql/sql/objects.ts';
import { didYouMean } from '../../faults/near-name.ts';
import { grantFor } from '../grants.ts';
import { type DatasetProbes, type Probe, probesOf } from './definition-probes.ts';
import type { Fault } from './fault.ts';
import { placeOf } from './located.ts';
import { columnsIn, lookAtReadings } from './server-look.ts';
import type { WantedDefinition } from './wanted.ts';

/**
 * Nothing is run: SQL Server describes results. A dataset is asked for whole, and piece by piece
 * where that does not go.
 *
 * @param name the database's own
 * @throws DatabaseError, or the reason of `signal`
 */
export async function definitionFaults(
  databases: Pick<Databases, 'query'>,
  id: string,
  name: string,
  definitions: readonly WantedDefinition[],
  signal: AbortSignal,
): Promise<Fault[]> {
  const asked = definitions.flatMap((own) =>
    probesOf(own.definition).map((probes) => ({ ...own, probes })),
  );
  const refused = async <T>(items: readonly T[], probeOf: (item: T) => Probe) => {
    const texts = await lookAtReadings(databases, id, items.map(probeOf), signal);
    return items.flatMap((item, index) => {
      const text = texts[index];
      return text === undefined ? [] : [{ item, text }];
    });
  };
  const faults: Fault[] = [];
  for (const { item, text } of await refused(asked, ({ probes }) => probes.whole)) {
    const parts = await refused(piecesOf(item.probes), (probe) => probe);
    const columns = await columnsIn(databases, id, objectsOf(item), signal);
    // Where its own SQL does not go, none of the parts does.
    const bare = parts.filter(({ item: { what } }) => what === item.probes.bare.what);
    const told = bare.length > 0 ? bare : parts;
    const one = (probe: Probe, why: string, severity: Fault['severity']): Fault => ({
      ...{ severity, file: item.file, ...placeOf(probe.path, item.text), path: probe.path },
      text: `${probe.what} does not run in ${name}: ${why}${nearColumn(why, columns)}`,
    });
    if (told.length === 0) faults.push(one(item.probes.whole, text, 'warning'));
    const known = new Set<string>();
    for (const { item: probe, text: why } of told) {
      // Fragments of one condition have the same slip.
      const key = `${probe.path} ${why}`;
      if (!known.has(key)) faults.push(one(probe, why, 'fault'));
      known.add(key);
    }
  }
  return faults;
}

const piecesOf = ({ bare, parts }: DatasetProbes): Probe[] => [bare, ...parts];

/** Quoted, as written to grant: tables and views of the database itself. */
export function objectsOf({ definition }: Pick<WantedDefinition, 'definition'>): string[] {
  const grants = sqlIn(definition).flatMap(objectsIn).map(grantFor);
  const own = grants.filter(({ elsewhere }) => elsewhere === undefined);
  return [...new Set(own.map(({ object }) => object))];
}

/** SQL Server quotes the name, in any of its languages. */
function nearColumn(why: string, columns: readonly string[]): string {
  const [, name] = /'([^']+)'/.exec(why) ?? [];
  return didYouMean(name, columns);
}
