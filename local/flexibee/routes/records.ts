/** Reading records: listings, one record, many by ident. */

import { type Listing, listQuery } from '../company/index.ts';
import { type Answer, answer, Refusal, winstrom } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import type { Route } from '../http/router.ts';
import { hosted, type Instance } from '../instance.ts';
import { type JsonObject, recordToXml } from '../xml/winstrom.ts';
import { isLabelEvidence } from './labels.ts';

export const recordRoutes: readonly Route[] = [
  { methods: ['GET'], pattern: 'c/:company/:evidence', kind: 'list', filter: true, run: list },
  { methods: ['POST', 'PUT'], pattern: 'c/:company/:evidence/get', kind: 'get', run: get },
  { methods: ['POST', 'PUT'], pattern: 'c/:company/:evidence/query', kind: 'query', run: query },
  { methods: ['GET'], pattern: 'c/:company/:evidence/:record', kind: 'record', run: record },
];

type Entries = [string, unknown][];

/** A `filter` among the URL's parameters is ignored: it is a path segment. */
function urlEntries({ query: parameters }: Call): Entries {
  return [...parameters].filter(([name]) => name !== 'filter');
}

function list(instance: Instance, call: Call): Answer {
  const filter: Entries = call.filter === undefined ? [] : [['filter', call.filter]];
  return listing(instance, call, [...urlEntries(call), ...filter]);
}

/** Everything the URL may say, in the body; where both do, the body counts. */
async function query(instance: Instance, call: Call): Promise<Answer> {
  const body = Object.entries(await call.winstrom());
  const said = new Set(body.map(([name]) => name));
  return listing(instance, call, [
    ...urlEntries(call).filter(([name]) => !said.has(name)),
    ...body,
  ]);
}

function listing(instance: Instance, call: Call, entries: Entries): Answer {
  const { company } = hosted(instance, call.parameters['company']);
  const { evidence = '' } = call.parameters;
  const found: Listing = isLabelEvidence(evidence)
    ? { globalVersion: company.globalVersion(), records: [], rowCount: 0 }
    : company.list(evidence, listQuery(entries));
  return recordsAnswer(instance, call, found, entries);
}

async function get(instance: Instance, call: Call): Promise<Answer> {
  const { company } = hosted(instance, call.parameters['company']);
  const { evidence = '' } = call.parameters;
  const { id, ...body } = await call.winstrom();
  if (id === undefined) throw new Refusal(400, 'Chybí prvek id se seznamem identifikátorů');
  const entries: Entries = [...urlEntries(call), ...Object.entries(body)];
  const idents = [id].flat().map(String);
  return recordsAnswer(instance, call, company.get(evidence, idents, listQuery(entries)), entries);
}

function record(instance: Instance, call: Call): Answer {
  const { company } = hosted(instance, call.parameters['company']);
  const { evidence = '', record: ident = '' } = call.parameters;
  const id = company.resolve(evidence, ident);
  const entries = urlEntries(call);
  const found = id === undefined ? undefined : company.get(evidence, [id], listQuery(entries));
  if (!found || found.records.length === 0) {
    throw new Refusal(404, `Záznam '${ident}' v evidenci '${evidence}' neexistuje`);
  }
  if (ident === String(id)) return recordsAnswer(instance, call, found, entries);
  const parameters = call.query.size > 0 ? `?${call.query}` : '';
  const location = `${call.origin}/c/${company.name}/${evidence}/${id}${call.suffix}${parameters}`;
  return answer(303, winstrom({ success: 'true' }), { location });
}

function recordsAnswer(instance: Instance, call: Call, found: Listing, entries: Entries): Answer {
  const { company } = hosted(instance, call.parameters['company']);
  const { evidence = '' } = call.parameters;
  const wantsVersion = entries.some(
    ([name, value]) => name === 'add-global-version' && String(value) === 'true',
  );
  const attributes: JsonObject = {};
  if (found.rowCount !== undefined) attributes['@rowCount'] = String(found.rowCount);
  if (wantsVersion && company.changelogEnabled()) {
    attributes['@globalVersion'] = String(found.globalVersion);
  }
  const whole = answer(200, winstrom({ ...attributes, [evidence]: found.records }));
  return {
    ...whole,
    xml: () => ({
      ...answer(200, winstrom(attributes)).xml(),
      children: found.records.map((one) => recordToXml(evidence, one)),
    }),
  };
}
