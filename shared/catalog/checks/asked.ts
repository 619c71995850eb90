/** Data sources that are asked over HTTP in place of a database, and the stages that ask them. */

import { chainOf, checksOf, readingsOf, stagesOf } from '../resolve.ts';
import type { DataSource, Stage } from '../schema.ts';
import type { Context } from './check-context.ts';

/** Which key of a data source each kind of stage needs, and what its procedure gets. */
const kinds = {
  flexibee: { key: 'company', noun: 'a company', handed: 'pages of changes' },
  dynsql: { key: 'connection', noun: 'a connection', handed: 'rows of a query' },
} as const;
type AskingKind = keyof typeof kinds;

const askingKinds = Object.keys(kinds) as AskingKind[];

export function checkAsked(context: Context): void {
  for (const source of context.data.dataSources) {
    for (const kind of askingKinds) checkWay(context, source, kind);
    const kind = askingKinds.find((one) => source[kinds[one].key] !== undefined);
    if (kind !== undefined) checkSource(context, source, kind);
  }
  for (const { stages } of context.data.pipelines) {
    for (const stage of stages) {
      if (stage.kind !== 'procedure') checkStage(context, stage, stage.kind);
    }
  }
}

/** What is asked begins its way, and nothing else does. */
function checkWay(
  { data, complete, at, fault }: Context,
  source: DataSource,
  kind: AskingKind,
): void {
  const { code, system } = source;
  const { key, noun } = kinds[kind];
  const [first, ...rest] = chainOf(data, system).flatMap(({ stages }) => stages);
  for (const stage of rest.filter((other) => other.kind === kind)) {
    fault(at(stage, 'kind'), `"${kind}" after another stage of ${system}; put it first`);
  }
  if (first === undefined || !complete) return;
  const begins = first.kind === kind;
  const hasIt = source[key] !== undefined;
  if (begins && !hasIt) {
    const text = `${system} begins with a ${kind} stage, which needs ${noun}; give ${key} in place of database`;
    fault(at(source, 'database'), text);
  }
  if (!begins && hasIt) {
    const text = `${code} is ${noun}, and ${system} does not begin with a ${kind} stage; use one that does`;
    fault(at(source, 'system'), text);
  }
}

function checkSource(context: Context, source: DataSource, kind: AskingKind): void {
  const { data, at, fault } = context;
  const { code, standsFor } = source;
  const { noun } = kinds[kind];
  if (standsFor !== undefined) fault(at(source, 'standsFor'), `given for ${noun}; leave it out`);
  for (const subject of context.subjectsOf(source)) {
    const queries = [...readingsOf(data, subject), ...checksOf(data, subject)];
    for (const { declared, item } of [...stagesOf(data, subject), ...queries]) {
      if (item.database !== undefined) continue;
      const isAsking = 'kind' in item && item.kind === kind;
      const why = isAsking
        ? `a ${kind} stage needs the id of one database`
        : `${code} is ${noun} and has no database of its own`;
      fault(at(declared, 'database'), `missing; ${why}`);
    }
  }
}

/** The procedure is called by a contract of its own (docs/flexibee.md, docs/dynsql.md). */
function checkStage({ at, fault }: Context, stage: Stage, kind: AskingKind): void {
  for (const key of ['once', 'after'] as const) {
    if (stage[key] !== undefined) fault(at(stage, key), `given for a ${kind} stage; leave it out`);
  }
  const given = [
    { ...stage, path: [] },
    ...stage.overrides.map((override, index) => ({ ...override, path: ['overrides', index] })),
  ];
  for (const { path, ...call } of given) {
    for (const key of ['parameters', 'setOptions', 'succeeds'] as const) {
      if ((call[key] ?? []).length === 0) continue;
      const text = `given for a ${kind} stage, whose procedure gets ${kinds[kind].handed}; leave it out`;
      fault(at(stage, ...path, key), text);
    }
    if ((call.exclusive ?? []).length > 0) {
      const text = `given for a ${kind} stage, which holds no lock of a server; leave it out`;
      fault(at(stage, ...path, 'exclusive'), text);
    }
    if (call.transaction !== undefined) {
      const text = `given for a ${kind} stage, whose procedure has transactions of its own; leave it out`;
      fault(at(stage, ...path, 'transaction'), text);
    }
  }
}
