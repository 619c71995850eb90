/** Reading records: listings, one record, many by ident. */

import { Refusal } from 'stand-in-kit';
import { type Company, type Listing, type ListQuery, listQuery } from '../company/index.ts';
import { type Answer, answer, winstrom } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import { csvOf, encoded } from '../http/csv.ts';
import type { Route } from '../http/router.ts';
import { hosted, type Instance } from '../instance.ts';
import { type JsonObject, recordToXml } from '../xml/winstrom.ts';

export const recordRoutes: readonly Route[] = [
  { methods: ['GET'], pattern: 'c/:company/:evidence', kind: 'list', filter: true, run: list },
  { methods: ['GET'], pattern: 'c/:company/:evidence/$sum', kind: 'sum', filter: true, run: sum },
  { methods: ['POST', 'PUT'], pattern: 'c/:company/:evidence/get', kind: 'get', run: get },
  { methods: ['POST', 'PUT'], pattern: 'c/:company/:evidence/query', kind: 'query', run: query },
  { methods: ['GET'], pattern: 'c/:company/:evidence/:record', kind: 'record', run: record },
];

/** What URL and body say about the records; where both do, the body counts. */
function asked(instance: Instance, call: Call, body: JsonObject = {}): ListQuery {
  const { query, filter, parameters } = call;
  const path = filter === undefined ? {} : { filter };
  const { company, evidence = '' } = parameters;
  const hidden = hosted(instance, company).hidden.get(evidence);
  return {
    ...listQuery(query),
    ...path,
    ...listQuery(Object.entries(body), 'body'),
    ...(hidden && { hidden }),
  };
}

function list(instance: Instance, call: Call): Answer {
  return listing(instance, call, asked(instance, call));
}

function sum(instance: Instance, call: Call): Answer {
  const { company, evidence } = place(instance, call);
  const fields = call.query.get('fields')?.split(',');
  return answer(200, winstrom({ sum: company.sum(evidence, asked(instance, call), fields) }));
}

async function query(instance: Instance, call: Call): Promise<Answer> {
  const body = await call.winstrom();
  return listing(instance, call, asked(instance, call, body), body);
}

function listing(instance: Instance, call: Call, wanted: ListQuery, body?: JsonObject): Answer {
  const { company, evidence } = place(instance, call);
  const found = company.list(evidence, wanted);
  return recordsAnswer(instance, call, found, body);
}

async function get(instance: Instance, call: Call): Promise<Answer> {
  const { company, evidence } = place(instance, call);
  const body = await call.winstrom();
  const { id } = body;
  if (id === undefined) throw new Refusal(400, 'Chybí prvek id se seznamem identifikátorů');
  const idents = [id].flat().map(String);
  const found = company.get(evidence, idents, asked(instance, call, body));
  return recordsAnswer(instance, call, found, body);
}

function record(instance: Instance, call: Call): Answer {
  const { company, evidence } = place(instance, call);
  const ident = call.parameters['record'] ?? '';
  const id = company.resolve(evidence, ident);
  const found = id === undefined ? undefined : company.get(evidence, [id], asked(instance, call));
  if (!found || found.records.length === 0) {
    throw new Refusal(404, `Záznam '${ident}' v evidenci '${evidence}' neexistuje`);
  }
  if (ident === String(id)) return recordsAnswer(instance, call, found);
  const parameters = call.query.size > 0 ? `?${call.query}` : '';
  const location = `${call.origin}/c/${company.name}/${evidence}/${id}${call.suffix}${parameters}`;
  return answer(303, winstrom({ success: 'true' }), { location });
}

function place(instance: Instance, call: Call): { company: Company; evidence: string } {
  const { company: name, evidence = '' } = call.parameters;
  const { company, forbidden } = hosted(instance, name);
  if (forbidden.has(evidence)) throw new Refusal(403, `Nemáte právo číst evidenci '${evidence}'`);
  return { company, evidence };
}

function recordsAnswer(instance: Instance, call: Call, found: Listing, body?: JsonObject): Answer {
  const { company, evidence } = place(instance, call);
  const wantsVersion = body?.['add-global-version'] ?? call.query.get('add-global-version');
  const attributes: JsonObject = {};
  if (found.rowCount !== undefined) attributes['@rowCount'] = String(found.rowCount);
  if (String(wantsVersion) === 'true' && company.changelogEnabled()) {
    attributes['@globalVersion'] = String(found.globalVersion);
  }
  return {
    ...answer(200, winstrom({ ...attributes, [evidence]: found.records })),
    csv: () => {
      const encoding = call.query.get('encoding') ?? 'utf-8';
      const names = company.fields(evidence, asked(instance, call, body));
      const bytes = encoded(csvOf(names, found.records), encoding);
      return { contentType: `text/csv;charset=${encoding.toLowerCase()}`, bytes };
    },
    xml: () => ({
      ...answer(200, winstrom(attributes)).xml(),
      children: found.records.map((one) => recordToXml(evidence, one)),
    }),
  };
}
