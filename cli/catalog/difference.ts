/** What it means when one catalogue takes the place of another. */

import { type Grant, grantStatement, grantsFor, revokeStatement } from '../../shared/app/grants.ts';
import type { ResolvedStage } from '../../shared/catalog/index.ts';
import { callText } from '../call-text.ts';
import type { LoadedCatalog } from './load.ts';

type Change = 'added' | 'removed' | 'changed';

export interface NamedChange {
  change: Change;
  name: string;
  /** Of what has changed: each field that differs, before and after. */
  fields?: Record<string, { before: unknown; after: unknown }>;
}

/** A call, or a query of freshness or a check, of one entity of some sources, all of them alike. */
export interface ItemChange {
  change: Change;
  /** `stage export`, `freshness heap`, `check totals in heap`. */
  item: string;
  entity: string;
  codes: string[];
  before?: string;
  after?: string;
}

export interface RightsChange {
  database: string;
  /** T-SQL, to be run there. */
  statements: string[];
}

export interface Difference {
  servers: NamedChange[];
  databases: NamedChange[];
  connections: NamedChange[];
  sources: NamedChange[];
  entities: NamedChange[];
  /** Of entities that a source has in both. */
  items: ItemChange[];
  rights: RightsChange[];
}

/** Told apart from any constant that is likely. */
const month = { month: 11, year: 2031 };

export function differenceOf(before: LoadedCatalog, after: LoadedCatalog): Difference {
  const [old, now] = [before.catalog, after.catalog];
  const names = (of: LoadedCatalog) => {
    const { catalog } = of;
    return Object.keys(catalog.codes()).flatMap((code) =>
      Object.keys(catalog.names(code) ?? {}).map((name) => ({ name, code })),
    );
  };
  const sourcesOf = ({ catalog }: LoadedCatalog) =>
    Object.entries(catalog.codes()).map(([code, description]) => ({
      name: code,
      description,
      entities: Object.keys(catalog.names(code) ?? {}),
      company: catalog.companies.find((one) => one.code === code),
    }));
  const entitiesOf = (of: LoadedCatalog) =>
    [...new Set(names(of).map(({ name }) => name))].map((name) => ({
      name,
      dated: of.catalog.isDated(name),
      after: of.catalog.entitiesBefore(name),
      sources: names(of).flatMap((one) => (one.name === name ? [one.code] : [])),
    }));
  const byId = <T extends { id: string }>(items: readonly T[]) =>
    items.map(({ id, ...own }) => ({ name: id, ...own }));
  const common = names(after).filter(({ name, code }) => old.names(code)?.[name] !== undefined);
  return {
    servers: changesOf(byId(old.servers), byId(now.servers)),
    databases: changesOf(byId(old.databases), byId(now.databases)),
    connections: changesOf(byId(old.connections), byId(now.connections)),
    sources: changesOf(sourcesOf(before), sourcesOf(after)),
    entities: changesOf(entitiesOf(before), entitiesOf(after)),
    items: grouped(common.flatMap((one) => itemChanges(one, before, after))),
    rights: rightsOf(before, after),
  };
}

interface Named {
  name: string;
}

/** @param before and `after`: what has one name is one thing */
function changesOf<T extends Named>(before: readonly T[], after: readonly T[]): NamedChange[] {
  const old = new Map(before.map((one) => [one.name, one]));
  const now = new Map(after.map((one) => [one.name, one]));
  const found: NamedChange[] = [];
  for (const { name } of before) if (!now.has(name)) found.push({ change: 'removed', name });
  for (const [name, item] of now) {
    const other = old.get(name);
    if (other === undefined) {
      found.push({ change: 'added', name });
      continue;
    }
    const keys = new Set([...Object.keys(other), ...Object.keys(item)]);
    const fields = [...keys].flatMap((key) => {
      const [was, is] = [Reflect.get(other, key), Reflect.get(item, key)];
      return isSame(was, is) ? [] : [[key, { before: was, after: is }] as const];
    });
    if (fields.length > 0) {
      found.push({ change: 'changed', name, fields: Object.fromEntries(fields) });
    }
  }
  return found;
}

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

function itemChanges(
  { name, code }: { name: string; code: string },
  before: LoadedCatalog,
  after: LoadedCatalog,
): ItemChange[] {
  const of = ({ catalog }: LoadedCatalog): Map<string, string> => {
    const stages = catalog.stages({ name, code, period: month });
    const queries = catalog.freshness({ name, code });
    const checks = catalog.checks({ name, code, period: month });
    return new Map([
      ...stages.map((stage) => [`stage ${stage.stage}`, stageText(stage)] as const),
      ...queries.map(
        ({ place, database, sql, parameters }) =>
          [`freshness ${place}`, `${database}: ${sql} ${JSON.stringify(parameters)}`] as const,
      ),
      ...checks.map(({ check, place, server: _, database, sql, ...rest }) => {
        const text = `${database}: ${sql} ${JSON.stringify(rest)}`;
        return [`check ${check} in ${place}`, text] as const;
      }),
    ]);
  };
  const [old, now] = [of(before), of(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((item): ItemChange[] => {
    const [was, is] = [old.get(item), now.get(item)];
    if (was === is) return [];
    const change = was === undefined ? 'added' : is === undefined ? 'removed' : 'changed';
    const own = { change, item, entity: name, codes: [code] } as const;
    return [
      {
        ...own,
        codes: [code],
        ...(was !== undefined && { before: was }),
        ...(is !== undefined && { after: is }),
      },
    ];
  });
}

/** All of a call, but what is told already, and its place among all stages of the catalogue. */
function stageText(resolved: ResolvedStage): string {
  const { stage, rank, code, period, kind, procedure, parameters, ...rest } = resolved;
  const { database, ...others } = rest;
  const call = callText({ kind, procedure, parameters });
  return `${database}: ${call} ${JSON.stringify(others)}`;
}

/** What is the same for several sources is told once; a source's own code makes no difference. */
function grouped(changes: readonly ItemChange[]): ItemChange[] {
  const found = new Map<string, ItemChange>();
  for (const change of changes) {
    const [code = ''] = change.codes;
    const text = (own: string | undefined) => own?.replaceAll(`'${code}'`, "'{code}'");
    const key = JSON.stringify([
      ...[change.change, change.item, change.entity],
      ...[text(change.before), text(change.after)],
    ]);
    const known = found.get(key);
    if (known === undefined) found.set(key, { ...change, codes: [...change.codes] });
    else known.codes.push(...change.codes);
  }
  return [...found.values()];
}

function rightsOf(before: LoadedCatalog, after: LoadedCatalog): RightsChange[] {
  const ids = new Set(
    [...before.catalog.databases, ...after.catalog.databases].map(({ id }) => id),
  );
  return [...ids].flatMap((database) => {
    const of = ({ catalog, definitions }: LoadedCatalog) =>
      new Map(
        grantsFor(catalog, definitions, database).map((grant): [string, Grant] => [
          grantStatement(grant),
          grant,
        ]),
      );
    const [old, now] = [of(before), of(after)];
    const statements = [
      ...[...now.keys()].filter((statement) => !old.has(statement)),
      ...[...old]
        .filter(([statement]) => !now.has(statement))
        .map(([, one]) => revokeStatement(one)),
    ];
    return statements.length === 0 ? [] : [{ database, statements }];
  });
}
