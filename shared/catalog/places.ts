/** What a catalogue may call and ask, all of it, and where the file says so. */

import { type Path, pathText } from '../faults/catalog-error.ts';
import type { Catalog, Placed } from './catalog.ts';
import type { Period } from './period.ts';
import {
  type Adapted,
  checksOf,
  entitiesOf,
  giverOf,
  type Item,
  readingsOf,
  type Subject,
  stagesOf,
  subjectOf,
} from './resolve.ts';
import type { CatalogData } from './schema.ts';

/** A catalogue that does not know where things stand in its file. */
type PlacedKey = 'placedStages' | 'placedFreshness' | 'placedChecks';
export type Unplaced = Omit<Catalog, PlacedKey>;

/** No procedure's name depends on it. */
const anyPeriod: Period = { month: 1, year: 2020 };

/** @param data what `catalog` is made of */
export function placedIn(data: CatalogData, catalog: Unplaced): Pick<Catalog, PlacedKey> {
  /** Of every entity of every data source. `adapted` and `items` are the same ones, in one order. */
  const all = <T>(
    key: 'procedure' | 'sql',
    adapted: (subject: Subject) => Adapted<Item>[],
    items: (request: { name: string; code: string; period: Period }) => T[],
  ): Placed<T>[] => {
    const paths = pipelinePaths(data);
    return data.dataSources.flatMap((asked) =>
      entitiesOf(data, asked).flatMap((entity) => {
        const subject = subjectOf(data, entity, asked);
        const { code } = subject.source;
        const source = ['dataSources', data.dataSources.indexOf(subject.source)];
        const own = adapted(subject);
        return items({ name: entity.name, code: asked.code, period: anyPeriod }).map(
          (item, index): Placed<T> => {
            const placed = own[index];
            if (placed === undefined) throw new Error(`${key}: more than there are`);
            const at = placesOf(paths, placed, subject, { source, key });
            return { entity: entity.name, code, item, at };
          },
        );
      }),
    );
  };
  return {
    placedStages: () => all('procedure', (one) => stagesOf(data, one), catalog.stages),
    placedFreshness: () => all('sql', (one) => readingsOf(data, one), catalog.freshness),
    placedChecks: () => all('sql', (one) => checksOf(data, one), catalog.checks),
  };
}

/** The paths of all pipelines, and of what is in them. */
function pipelinePaths({ pipelines }: CatalogData): Map<object, Path> {
  const paths = new Map<object, Path>();
  for (const [index, pipeline] of pipelines.entries()) {
    paths.set(pipeline, ['pipelines', index]);
    for (const list of ['stages', 'freshness', 'checks'] as const) {
      for (const [nth, item] of pipeline[list].entries()) {
        paths.set(item, ['pipelines', index, list, nth]);
      }
    }
  }
  return paths;
}

function placesOf(
  paths: ReadonlyMap<object, Path>,
  { pipeline, declared, item }: Adapted<Item>,
  subject: Subject,
  { source, key }: { source: Path; key: 'procedure' | 'sql' },
): Placed<unknown>['at'] {
  const of = (name: string) => {
    const { part, path } = giverOf(pipeline, declared, subject, name);
    return pathText([...(paths.get(part) ?? []), ...path]);
  };
  return {
    database: item.database === undefined ? pathText([...source, 'database']) : of('database'),
    name: of(key),
    parameters: of('parameters'),
  };
}
