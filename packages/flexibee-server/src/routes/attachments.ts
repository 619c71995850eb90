/** What is under a record's path: its files, and its rows. */

import { Refusal } from 'stand-in-kit';
import { type Company, type JsonRecord, listQuery } from '../company/index.ts';
import { type Answer, answer, winstrom } from '../http/answer.ts';
import type { Call } from '../http/call.ts';
import type { Route } from '../http/router.ts';
import { hosted, type Instance } from '../instance.ts';
import { recordToXml } from '../xml/winstrom.ts';

const files = 'c/:company/:evidence/:record/prilohy';

export const attachmentRoutes: readonly Route[] = [
  { methods: ['GET'], pattern: files, kind: 'attachments', run: list },
  { methods: ['POST', 'PUT'], pattern: `${files}/new/:name`, kind: 'write', run: attach },
  { methods: ['GET'], pattern: `${files}/:attachment`, kind: 'attachments', run: one },
  { methods: ['DELETE'], pattern: `${files}/:attachment`, kind: 'delete', run: remove },
  { methods: ['GET'], pattern: `${files}/:attachment/content`, kind: 'attachments', run: content },
  { methods: ['GET'], pattern: `${files}/:attachment/thumbnail`, kind: 'attachments', run: none },
  {
    methods: ['GET'],
    pattern: 'c/:company/priloha/:attachment/content',
    kind: 'attachments',
    run: content,
  },
  {
    methods: ['GET'],
    pattern: 'c/:company/priloha/:attachment/thumbnail',
    kind: 'attachments',
    run: none,
  },
  { methods: ['GET'], pattern: 'c/:company/:evidence/:record/:relation', kind: 'list', run: rows },
];

function list(instance: Instance, call: Call): Answer {
  const { company, evidence, record } = place(instance, call);
  const ids = company.attachments(evidence, record);
  const { detail = 'summary' } = listQuery(call.query);
  return recordsAnswer('priloha', company.get('priloha', ids, { detail }).records);
}

function one(instance: Instance, call: Call): Answer {
  const { company } = place(instance, call);
  const found = company.get('priloha', [attachmentOf(instance, call)], listQuery(call.query));
  return recordsAnswer('priloha', found.records);
}

function content(instance: Instance, call: Call): Answer {
  const { company } = place(instance, call);
  const [file] = company.get('priloha', [attachmentOf(instance, call)]).records;
  const bytes = Buffer.from(String(file?.['content'] ?? ''), 'base64');
  const raw = { contentType: String(file?.['contentType']), bytes };
  return { ...answer(200, winstrom({ success: 'true' })), raw };
}

/** Thumbnails are made of none. */
function none(): Answer {
  throw new Refusal(404, 'Náhled přílohy neexistuje');
}

async function attach(instance: Instance, call: Call): Promise<Answer> {
  const { company, evidence, record } = place(instance, call);
  const [contentType = 'application/octet-stream'] = (call.contentType ?? '').split(';');
  const file = {
    name: call.parameters['name'] ?? '',
    contentType: contentType.trim() || 'application/octet-stream',
    bytes: await call.bytes(),
  };
  const { status, winstrom: document } = company.attach(evidence, record, file);
  return answer(status, { winstrom: document });
}

function remove(instance: Instance, call: Call): Answer {
  const { company } = place(instance, call);
  const { status, winstrom: document } = company.delete('priloha', attachmentOf(instance, call));
  return answer(status, { winstrom: document });
}

function rows(instance: Instance, call: Call): Answer {
  const { company, evidence, record } = place(instance, call);
  const { relation = '' } = call.parameters;
  const { path, records } = company.related(evidence, record, relation, listQuery(call.query));
  return recordsAnswer(path, records);
}

/** Its number. @throws Refusal 404 when it is not there, or another record's */
function attachmentOf(instance: Instance, call: Call): string {
  const { company, evidence, record } = place(instance, call);
  const ident = call.parameters['attachment'] ?? '';
  const id = company.resolve('priloha', ident);
  const isOwn =
    id !== undefined &&
    (evidence === 'priloha' || company.attachments(evidence, record).includes(id));
  if (!isOwn) throw new Refusal(404, `Příloha '${ident}' neexistuje`);
  return String(id);
}

function place(
  instance: Instance,
  { parameters }: Call,
): { company: Company; evidence: string; record: string } {
  const { company: name, evidence = 'priloha', record = '' } = parameters;
  const { company, forbidden } = hosted(instance, name);
  if (forbidden.has(evidence)) throw new Refusal(403, `Nemáte právo číst evidenci '${evidence}'`);
  return { company, evidence, record };
}

function recordsAnswer(evidence: string, records: readonly JsonRecord[]): Answer {
  return {
    ...answer(200, winstrom({ [evidence]: records })),
    xml: () => ({
      ...answer(200, winstrom({})).xml(),
      children: records.map((record) => recordToXml(evidence, record)),
    }),
  };
}
