/** A database against what the catalogue wants of it. */

import { DatabaseError } from '../../database/database-error.ts';
import type { Databases } from '../../database/databases.ts';
import { rowVersioningOn } from '../../database/row-versioning.ts';
import { didYouMean } from '../../faults/near-name.ts';
import { type Grant, grantStatement, quoted } from '../grants.ts';
import { definitionFaults, objectsOf } from './definitions-check.ts';
import type { Fault } from './fault.ts';
import { parameterMisfit, type ServerParameter, typeText } from './parameter-fits.ts';
import {
  lookAtDatabase,
  lookAtObjects,
  lookAtReadings,
  namesIn,
  type ServerDatabase,
  type ServerObject,
} from './server-look.ts';
import type { Wanted, WantedObject, WantedParameter, WantedProcedure } from './wanted.ts';

/** OPENJSON is there from this compatibility level on (SQL Server 2016). */
const leastLevel = 130;

export interface DatabaseReport {
  about: ServerDatabase;
  faults: Fault[];
}

/**
 * @param id the catalogue's
 * @param at where the catalogue declares it
 * @throws DatabaseError, or the reason of `signal`
 */
export async function checkDatabase(
  databases: Databases,
  id: string,
  at: string,
  wanted: Wanted,
  signal: AbortSignal,
): Promise<DatabaseReport> {
  const about = await lookAtDatabase(databases, id, signal);
  const faults = stateFaults(about, at, wanted);
  const { procedures, objects, readings } = wanted;
  const grants = procedures.map(({ schema, name }): Grant => {
    return { right: 'EXECUTE', object: quoted([schema, name]) };
  });
  const all = [...grants, ...objects];
  const found = await lookAtObjects(databases, id, all, signal);
  const near = await nearNames(databases, id, all, found, signal);
  for (const [index, procedure] of procedures.entries()) {
    const there = found[index];
    const grant = grants[index];
    if (there === undefined || grant === undefined) continue;
    const missing = objectFault(grant, there, procedure, about, near);
    if (missing) faults.push({ ...missing, text: `${missing.text} (${procedure.why})` });
    else faults.push(...parameterFaults(procedure, there, about));
  }
  const bad = new Set<string>();
  for (const [index, object] of objects.entries()) {
    const there = found[procedures.length + index];
    const fault = there && objectFault(object, there, object, about, near);
    if (fault === undefined || (object.isOptional && there?.isAllowed === undefined)) continue;
    faults.push(fault);
    if (object.path !== undefined) bad.add(object.path);
  }
  const sound = readings.filter(({ path }) => !bad.has(path));
  const seen = async <T>(what: string, look: Promise<T[]>): Promise<T[]> => {
    try {
      return await look;
    } catch (error) {
      if (!(error instanceof DatabaseError) || error.meaning !== 'permanent') throw error;
      const text = `whether ${what} in ${about.name} cannot be seen: ${error.message}`;
      faults.push({ severity: 'warning', path: at, text });
      return [];
    }
  };
  const readable = lookAtReadings(databases, id, sound, signal);
  const troubles = await seen('the queries of freshness run', readable);
  for (const [index, text] of troubles.entries()) {
    const path = sound[index]?.path;
    if (text === undefined || path === undefined) continue;
    faults.push({
      severity: 'fault',
      path,
      text: `the query does not run in ${about.name}: ${text}`,
      cure: 'correct the query, or except those entities from it',
    });
  }
  const usable = new Set(
    objects.flatMap(({ object }, index) =>
      found[procedures.length + index]?.isAllowed ? object.toLowerCase() : [],
    ),
  );
  // What is not there, or may not be read, is told by itself.
  const whole = wanted.definitions.filter((one) =>
    objectsOf(one).every((object) => usable.has(object.toLowerCase())),
  );
  const ofDefinitions = definitionFaults(databases, id, about.name, whole, signal);
  faults.push(...(await seen('definitions of dynsql go', ofDefinitions)));
  return { about, faults };
}

function stateFaults(about: ServerDatabase, at: string, { needsOpenJson }: Wanted): Fault[] {
  const { name, compatibilityLevel, isVersioned, hasSnapshots } = about;
  const database = quoted([name]);
  const faults: Fault[] = [];
  if (needsOpenJson && compatibilityLevel < leastLevel) {
    faults.push({
      ...{ severity: 'fault', path: at },
      text: `${name} has compatibility level ${compatibilityLevel}, and OPENJSON, which is needed there, comes with ${leastLevel}`,
      cure: `ALTER DATABASE ${database} SET COMPATIBILITY_LEVEL = 150;`,
    });
  }
  if (!isVersioned) {
    const other = hasSnapshots ? ' (ALLOW_SNAPSHOT_ISOLATION, which is on, is another thing)' : '';
    faults.push({
      ...{ severity: 'warning', path: at },
      text: `row versioning is off in ${name}${other}: freshness, checks and dynsql wait for whoever writes, and keep writers waiting`,
      cure: `${rowVersioningOn(database)}; -- with nobody in the database`,
    });
  }
  return faults;
}

/** Names that are there, asked for only where one is missing. */
async function nearNames(
  databases: Databases,
  id: string,
  wanted: readonly Grant[],
  found: readonly ServerObject[],
  signal: AbortSignal,
): Promise<Map<Grant['right'], string[]>> {
  const missing = new Set(
    wanted.filter((_, index) => found[index]?.isAllowed === undefined).map(({ right }) => right),
  );
  const names = new Map<Grant['right'], string[]>();
  for (const right of missing) names.set(right, await namesIn(databases, id, right, signal));
  return names;
}

function objectFault(
  { right, object }: Grant,
  { isAllowed }: ServerObject,
  place: Pick<WantedObject, 'path' | 'file'>,
  { name, login }: ServerDatabase,
  near: ReadonlyMap<Grant['right'], string[]>,
): Fault | undefined {
  if (isAllowed === true) return undefined;
  const statement = grantStatement({ right, object });
  const { path, file } = place;
  const severity = 'fault' as const;
  const at = { severity, ...(file !== undefined && { file }), ...(path !== undefined && { path }) };
  if (isAllowed === false) {
    const verb = right === 'EXECUTE' ? 'execute' : 'read';
    return {
      ...at,
      text: `${login} may not ${verb} ${object} in ${name}`,
      cure: `${statement} -- in ${name}, as npm run sql:install -- --grants does`,
    };
  }
  return {
    ...at,
    text: `${object} is not in ${name}, or ${login} may not see it${didYouMean(object, near.get(right) ?? [])}`,
    cure: `make it in ${name}, or correct its name in the catalogue; where it is there: ${statement}`,
  };
}

function parameterFaults(
  { schema, name, calls }: WantedProcedure,
  { parameters }: ServerObject,
  { name: database }: ServerDatabase,
): Fault[] {
  const procedure = `${quoted([schema, name])} in ${database}`;
  const faults = new Map<string, Fault>();
  const tell = (fault: Omit<Fault, 'severity'>, severity: Fault['severity'] = 'fault') =>
    faults.set(`${fault.path} ${fault.text}`, { severity, ...fault });
  for (const { parameters: passed, path } of calls) {
    for (const wanted of passed) {
      const there = parameters.find((one) => isSame(one, wanted));
      const why = there && parameterMisfit(wanted, there);
      if (there === undefined) tell(unknownParameter(wanted, path, parameters, procedure));
      else if (why !== undefined) tell(misfitParameter(wanted, path, there, why, procedure));
    }
    for (const there of parameters) {
      if (there.hasDefault === true || passed.some((one) => isSame(one, there))) continue;
      if (there.hasDefault === false) tell(missingParameter(there, path, procedure));
      else tell(unseenDefault(there, path, procedure, quoted([schema, name])), 'warning');
    }
  }
  return [...faults.values()];
}

const isSame = (one: { name: string }, other: { name: string }) =>
  one.name.toLowerCase() === other.name.toLowerCase();

function unknownParameter(
  { name }: WantedParameter,
  path: string,
  parameters: readonly ServerParameter[],
  procedure: string,
): Omit<Fault, 'severity'> {
  const names = parameters.map((one) => one.name);
  const has =
    names.length === 0 ? 'it has none' : `it has ${names.map((one) => `@${one}`).join(', ')}`;
  return {
    path,
    text: `@${name} is no parameter of ${procedure}; ${has}${didYouMean(name, names)}`,
    cure: `take @${name} out of the catalogue's parameters, correct its name, or add it to the procedure`,
  };
}

function misfitParameter(
  { name, type }: WantedParameter,
  path: string,
  there: ServerParameter,
  why: string,
  procedure: string,
): Omit<Fault, 'severity'> {
  return {
    path,
    text: `@${name} ${type} does not fit @${there.name} ${typeText(there)} of ${procedure}: ${why}`,
    cure: `declare it as ${typeText(there)} with a value that fits in the catalogue, or as ${type} in the procedure`,
  };
}

function missingParameter(
  there: ServerParameter,
  path: string,
  procedure: string,
): Omit<Fault, 'severity'> {
  return {
    path,
    text: `@${there.name} ${typeText(there)} is needed by ${procedure}, and nothing is passed in it`,
    cure: `add { "name": "${there.name}", "type": "${typeText(there)}", "from": … } to the catalogue's parameters, or give it a default in the procedure; where it stands there and is from the month, give the entity "dated": true, since only dated entities have months`,
  };
}

function unseenDefault(
  there: ServerParameter,
  path: string,
  procedure: string,
  object: string,
): Omit<Fault, 'severity'> {
  return {
    path,
    text: `nothing is passed in @${there.name} of ${procedure}, and whether it has a default cannot be seen`,
    cure: `GRANT VIEW DEFINITION ON ${object} TO syncboard_runner; shows it`,
  };
}
