/** What the calls of stages would be, with names filled in. */

import { procedureOf } from '../name-template.ts';
import { namesIn, passed } from '../parameter-values.ts';
import {
  type Adapted,
  databaseOf,
  giverOf,
  namedAs,
  returnCheckOf,
  type Subject,
  stagesOf,
} from '../resolve.ts';
import type { Stage } from '../schema.ts';
import { isOfPeriod } from '../value-source.ts';
import type { Context } from './check-context.ts';
import { checkFits, sourceNamePath } from './fits.ts';
import { checkSuccess } from './success-checks.ts';

export function checkCalls(context: Context): void {
  const { data, at, fault, subjects } = context;
  for (const subject of subjects) {
    for (const adapted of stagesOf(data, subject)) {
      const { item: stage } = adapted;
      const procedure = procedureOf(stage.procedure, namedAs(subject));
      if (procedure === 'too long') {
        const text = `too long: ${stage.stage} would call ${stage.procedure} with it; use a name that makes at most 128 characters`;
        fault(sourceNamePath(context, subject), text);
      }
      if (procedure === 'unquoted') {
        const { part, path } = giverOf(adapted.pipeline, adapted.declared, subject, 'procedure');
        const name = JSON.stringify(subject.sourceName);
        fault(
          at(part, ...path),
          `needs brackets around what has ${name} in it, such as dbo.[{sourceName}]`,
        );
      }
      checkFits(context, stage.parameters, subject, stage.stage);
      checkSuccess(context, adapted, subject);
    }
  }
}

/** What differs from call to call of a stage that is made once for several. */
const ofOne = {
  entity: ['code'],
  source: ['entity', 'source name'],
  run: ['code', 'entity', 'source name'],
} as const;

/** One call serves many subjects, so it must be the same for all of them. */
export function checkOnce(context: Context): void {
  const { data, at, fault } = context;
  const told = new Set<Stage>();
  for (const { stages } of data.pipelines) {
    for (const stage of stages) {
      if (stage.once === undefined) continue;
      const given = [
        { parameters: stage.parameters, path: [] },
        ...stage.overrides.map(({ parameters = [] }, index) => {
          return { parameters, path: ['overrides', index] };
        }),
      ];
      const differing: readonly string[] = ofOne[stage.once];
      for (const { parameters, path } of given) {
        for (const [index, { from = '' }] of parameters.entries()) {
          if (!differing.includes(from)) continue;
          const text = `"${from}" in a stage that is called once for each ${stage.once}; use another`;
          fault(at(stage, ...path, 'parameters', index, 'from'), text);
          told.add(stage);
        }
      }
    }
  }
  const first = new Map<string, { subject: Subject; call: Record<string, string> }>();
  for (const subject of context.subjects) {
    for (const adapted of stagesOf(data, subject))
      checkSame(context, { first, told }, adapted, subject);
  }
}

function checkSame(
  { at, fault }: Context,
  {
    first,
    told,
  }: { first: Map<string, { subject: Subject; call: Record<string, string> }>; told: Set<Stage> },
  { declared, item }: Adapted<Stage>,
  subject: Subject,
): void {
  const { entity, source } = subject;
  if (declared.once === undefined) return;
  const database = databaseOf(item, source);
  if (database === undefined || (declared.once !== 'source' && item.database === undefined)) {
    const text = `missing; a stage that is called once for each ${declared.once} needs the id of one database`;
    fault(at(declared, 'database'), text);
    return;
  }
  const own = { entity: entity.name, source: source.code, run: '' }[declared.once];
  const key = JSON.stringify([declared.stage, own, database]);
  const call = callOf(item, subject);
  const earlier = first.get(key);
  if (earlier === undefined) {
    first.set(key, { subject, call });
    return;
  }
  const field = Object.keys(call).find((name) => call[name] !== earlier.call[name]);
  if (field === undefined || told.has(declared)) return;
  told.add(declared);
  const name = ({ subject: one }: { subject: Subject }) =>
    `${one.entity.name} of ${one.source.code}`;
  const text = `${declared.stage} is called once for each ${declared.once}, and its ${field} would differ: ${earlier.call[field]} for ${name(earlier)}, ${call[field]} for ${name({ subject })}`;
  fault(at(declared, 'once'), text);
}

/** All of a call that is the same for every month. */
function callOf(stage: Stage, subject: Subject): Record<string, string> {
  const procedure = procedureOf(stage.procedure, namedAs(subject));
  const { setOptions, transaction = 'own', repeatable = false, timeoutSeconds, succeeds } = stage;
  const { exclusive, window } = stage;
  const general = {
    ...{ setOptions, transaction, repeatable, timeoutSeconds, succeeds },
    ...{ exclusive: exclusive.toSorted(), window },
  };
  const texts = Object.entries(general).map(([key, value]) => [key, JSON.stringify(value ?? null)]);
  return {
    procedure:
      typeof procedure === 'string' ? stage.procedure : `${procedure.schema}.${procedure.name}`,
    parameters: JSON.stringify([
      passed(stage.parameters, namesIn(subject)),
      stage.parameters.filter(({ from }) => isOfPeriod(from)),
    ]),
    returnValue: returnCheckOf(stage),
    ...Object.fromEntries(texts),
  };
}

/**
 * A dated entity is asked for by month, so a stage on its way must be told which; a query's month
 * is checked by checks/queries.ts, and a company is followed by version.
 */
export function checkDated({ data, subjects, at, fault }: Context): void {
  for (const subject of subjects) {
    const { entity, source, dated } = subject;
    if (!dated || source.company !== undefined || source.connection !== undefined) continue;
    const stages = stagesOf(data, subject);
    const takesPeriod = stages.some(
      ({ item }) =>
        item.kind !== 'procedure' || item.parameters.some(({ from }) => isOfPeriod(from)),
    );
    if (takesPeriod || stages.length === 0) continue;
    const isSplit = subjects.some(
      (other) => other.entity === entity && other.source.system !== source.system,
    );
    const cure = isSplit
      ? `say it is not for this system: "overrides": [{ "systems": ["${source.system}"], "dated": false }]`
      : 'use false';
    const text = `true, but no stage of ${source.system} takes the month; add a parameter from the month, or ${cure}`;
    fault(at(entity, 'dated'), text);
  }
}
