/** The databases of the example: their T-SQL, with the entities of its catalogue filled in. */

import { readFileSync } from 'node:fs';
import catalog from './catalog.json' with { type: 'json' };

export interface ExampleEntity {
  name: string;
  systems: string[];
  dated?: boolean;
  sourceName?: string;
  overrides?: { systems: string[]; sourceName: string }[];
}

/** What a source calls an entity. */
export function nameIn(system: string, { name, sourceName, overrides = [] }: ExampleEntity) {
  const own = overrides.find(({ systems }) => systems.includes(system))?.sourceName;
  return own ?? sourceName ?? name;
}

/** Each source's rows as the warehouse takes them. */
const exportedRows: Record<string, (table: string) => string> = {
  wms: (
    table,
  ) => `SELECT 'wms' AS [source], [Id] AS [id], [Nazev] AS [label], [Castka] AS [amount], [Den] AS [day]
    FROM [WMS].[vydej].${bracketed(table)}`,
  mes: (
    table,
  ) => `SELECT 'mes' AS [source], [Id] AS [id], [název] AS [label], [hodnota] AS [amount], [den] AS [day]
    FROM [MES].[výroba].${bracketed(table)}`,
  hr: (table) => `SELECT 'hr' AS [source], [id], [label], [amount], [valid_from] AS [day]
    FROM [HR].[dbo].${bracketed(`${table}_published`)}
    WHERE [batch_id] = (SELECT MAX([batch_id]) FROM [HR].[dbo].[batch])`,
};

export const bracketed = (name: string) => `[${name.replaceAll(']', ']]')}]`;

/** What the SQL Server sources have. */
export const exampleEntities: ExampleEntity[] = (catalog.entities as ExampleEntity[]).filter(
  ({ systems }) => systems.some((system) => system in exportedRows),
);

/** The batches that make a database. @param name `wms`, `mes`, `hr`, `dwh` */
export function batchesOf(name: string): string[] {
  const text = readFileSync(new URL(`sql/${name}.sql`, import.meta.url), 'utf8');
  const batches = text.split(/^GO$/m).filter((batch) => /^\w/m.test(batch));
  return batches.flatMap((batch) => {
    const [, which] = /-- for each( dated| undated)? entity/.exec(batch) ?? [];
    if (!batch.includes('-- for each')) return [batch];
    return exampleEntities
      .filter(({ systems }) => name === 'dwh' || systems.includes(name))
      .filter(({ dated = false }) => which === undefined || (which === ' dated') === dated)
      .map((entity) => filled(batch, name, entity));
  });
}

function filled(batch: string, database: string, entity: ExampleEntity): string {
  const rows = entity.systems.map((system) => exportedRows[system]?.(nameIn(system, entity)) ?? '');
  return batch
    .replaceAll('{entity}', entity.name)
    .replaceAll('{sourceName}', nameIn(database, entity).replaceAll(']', ']]'))
    .replaceAll('{exported}', rows.join('\n    UNION ALL\n    '));
}
