/** Data sources against their systems and against one another. */

import { notOneOf } from '../../faults/catalog-error.ts';
import { matcherKeys } from '../matcher.ts';
import { entitiesOf, giverOf, stagesOf, standsFor } from '../resolve.ts';
import type { DataSource } from '../schema.ts';
import type { Context } from './check-context.ts';

/** Who is asked in place of whom: one source for each, and each has what it is asked for. */
export function checkStandingFor(context: Context): void {
  const { data, complete, at, fault } = context;
  const first = new Map<string, string>();
  for (const source of data.dataSources.filter((one) => one.standsFor !== undefined)) {
    if (!complete) continue;
    checkOthers(context, source);
    const told = new Set<string>();
    for (const asked of data.dataSources) {
      for (const entity of entitiesOf(data, asked)) {
        if (!standsFor(source, entity, asked)) continue;
        const key = `${entity.name} ${asked.code}`;
        const other = first.get(key);
        first.set(key, other ?? source.code);
        if (other === undefined || told.has(entity.name)) continue;
        told.add(entity.name);
        const text = `${other} stands for ${asked.code} already where ${entity.name} is concerned; leave it out`;
        fault(at(source, 'standsFor', 'entities'), text);
      }
    }
  }
}

function checkOthers({ data, at, fault }: Context, source: DataSource): void {
  const { code, system, standsFor: others } = source;
  if (others === undefined) return;
  const known = data.entities.filter((entity) => entity.systems.includes(system));
  const names = known.map(({ name }) => name);
  for (const [index, name] of others.entities.entries()) {
    if (names.includes(name)) continue;
    fault(
      at(source, 'standsFor', 'entities', index),
      notOneOf(name, `an entity of ${system}`, names),
    );
  }
  const asked = data.dataSources.filter((other) =>
    entitiesOf(data, other).some((entity) => standsFor(source, entity, other)),
  );
  for (const key of matcherKeys.filter((one) => one !== 'entities')) {
    for (const [index, name] of (others[key] ?? []).entries()) {
      if (asked.some((other) => (key === 'codes' ? other.code : other.system) === name)) continue;
      const text = `${code} stands for ${name}, which has none of these entities; leave it out`;
      fault(at(source, 'standsFor', key, index), text);
    }
  }
}

/** A source without entities would be an empty list to whoever picks it. */
export function checkEmptySources({ data, complete, at, fault }: Context): void {
  if (!complete) return;
  for (const source of data.dataSources) {
    const { system, only, except } = source;
    const names = data.entities
      .filter((entity) => entity.systems.includes(system))
      .map(({ name }) => name);
    for (const [key, choice] of [['only', only] as const, ['except', except] as const]) {
      for (const [index, name] of (choice?.entities ?? []).entries()) {
        if (names.includes(name)) continue;
        fault(at(source, key, 'entities', index), notOneOf(name, `an entity of ${system}`, names));
      }
    }
    if (entitiesOf(data, source).length > 0) continue;
    fault(at(source, 'system'), `no entity is in ${system}; add it to "systems" of its entities`);
  }
}

/** Two sources whose exports would be the very same call load each other's rows. */
export function checkApart({ data, subjects, at, fault }: Context): void {
  const first = new Map<string, string>();
  for (const subject of subjects) {
    const { entity, source } = subject;
    for (const { pipeline, declared, item: stage } of stagesOf(data, subject)) {
      if (stage.once !== undefined || stage.parameters.some(({ from }) => from === 'code'))
        continue;
      const database = stage.database ?? source.database;
      // What is asked is told apart by its code; its stages are checked by checks/asked.ts.
      if (database === undefined || stage.kind !== 'procedure') continue;
      const { procedure, parameters } = stage;
      const own = stage.once === 'source' ? '' : entity.name;
      const call = JSON.stringify([stage.stage, own, database, procedure, parameters]);
      const other = first.get(call) ?? source.code;
      first.set(call, other);
      if (other === source.code) continue;
      const { part, path } = giverOf(pipeline, declared, subject, 'database');
      const place = stage.database === undefined ? at(source, 'database') : at(part, ...path);
      const text = `${stage.stage} cannot tell ${source.code} and ${other} apart in ${database}; use a database for each or a parameter from code`;
      fault(place, text);
    }
  }
}
