import type { z } from 'zod';
import { faultAt, type Path } from '../../faults/catalog-error.ts';
import { chainOf, entitiesOf, type Subject, subjectOf } from '../resolve.ts';
import type { CatalogData, CatalogSchema, DataSource, Pipeline } from '../schema.ts';

/** What the checks look at. */
export interface Context {
  /** The entries that have no fault of their own. */
  data: CatalogData;
  /** No entry was left out: what is not in `data` is not in the catalogue either. */
  complete: boolean;
  /** Every entity of every source, with the source its export really runs for. */
  subjects: Subject[];
  /** Of them those of a source. */
  subjectsOf(source: DataSource): readonly Subject[];
  /** The subjects whose way leads through a pipeline. */
  through(pipeline: Pipeline): Subject[];
  /** Where an entry, a stage or a query stands in the file. */
  at(part: object, ...more: Path): Path;
  /** Adds a line, once. */
  fault(path: Path, text: string): void;
}

/** Reads the sound entries of `value`; `found` takes the faults. */
export function contextOf(schema: CatalogSchema, value: unknown, found: Set<string>): Context {
  const places = new Map<object, Path>();
  let complete = true;
  const sound = <Item extends object>(
    key: string,
    item: z.ZodType<Item>,
    absent?: readonly [],
  ): Item[] => {
    const given: unknown = typeof value === 'object' && value ? Reflect.get(value, key) : undefined;
    const list = given === undefined ? absent : given;
    if (!Array.isArray(list)) {
      complete = false;
      return [];
    }
    return list.flatMap((entry: unknown, index) => {
      const { data } = item.safeParse(entry);
      if (data === undefined) complete = false;
      else places.set(data, [key, index]);
      return data === undefined ? [] : [data];
    });
  };

  const { shape } = schema;
  const data: CatalogData = {
    periods: { from: '', timeZone: '' },
    servers: sound('servers', shape.servers.element),
    databases: sound('databases', shape.databases.element),
    connections: sound('connections', shape.connections.unwrap().element, []),
    dataSources: sound('dataSources', shape.dataSources.element),
    entities: sound('entities', shape.entities.element),
    pipelines: sound('pipelines', shape.pipelines.element),
  };
  const at = (part: object, ...more: Path) => [...(places.get(part) ?? []), ...more];
  for (const pipeline of data.pipelines) {
    for (const list of ['stages', 'freshness', 'checks'] as const) {
      for (const [index, item] of pipeline[list].entries()) {
        places.set(item, at(pipeline, list, index));
      }
    }
  }
  const subjects = data.dataSources.flatMap((source) =>
    entitiesOf(data, source).map((entity) => subjectOf(data, entity, source)),
  );
  const bySource = Map.groupBy(subjects, ({ source }) => source);
  const through = new Map<Pipeline, Subject[]>(data.pipelines.map((pipeline) => [pipeline, []]));
  for (const subject of subjects) {
    for (const pipeline of chainOf(data, subject.source.system))
      through.get(pipeline)?.push(subject);
  }
  return {
    data,
    complete,
    subjects,
    subjectsOf: (source) => bySource.get(source) ?? [],
    through: (pipeline) => through.get(pipeline) ?? [],
    at,
    fault: (path, text) => found.add(faultAt(path, text)),
  };
}
