/** Attachments: made with a file's bytes beside a record, changed in what is said of them only. */

import { createHash } from 'node:crypto';
import type { Row } from '../database.ts';
import { type Evidence, evidenceOf } from '../evidence/index.ts';
import type { AttachedFile } from '../types.ts';
import { attach, findRecord, identsOf, type JsonObject } from './identity.ts';
import type { Records } from './records.ts';
import { Refusal } from './refusal.ts';

export const attachmentEvidence = () => evidenceOf('priloha');

/** @returns its number */
export function attachFile(
  records: Records,
  owner: { evidence: Evidence; id: number },
  file: AttachedFile,
  more: Row = {},
): number {
  const evidence = attachmentEvidence();
  const row: Row = {
    ...records.blank(evidence),
    ...more,
    nazSoub: file.name,
    contentType: file.contentType,
    dataSize: file.bytes.length,
    dataHash: createHash('md5').update(file.bytes).digest('hex'),
    content: Buffer.from(file.bytes).toString('base64'),
    owner: owner.evidence.path,
    ownerId: owner.id,
  };
  row['typK'] ??= /^image\//.test(file.contentType) ? 'typPrilohy.obrazek' : 'typPrilohy.ostatni';
  const id = records.insert(evidence, row);
  records.record(evidence, id, 'create');
  return id;
}

/**
 * The member `prilohy` of a record that is written: new ones with their content, known ones with
 * what is said of them.
 *
 * @param update writes what is said of one
 * @throws Refusal
 */
export function writeAttachments(
  records: Records,
  owner: { evidence: Evidence; id: number },
  given: unknown,
  update: (json: JsonObject) => void,
): void {
  const evidence = attachmentEvidence();
  for (const json of listed(given)) {
    const idents = identsOf(json);
    const known = findRecord(records.db, evidence, idents);
    if (known !== undefined) {
      if (String(json['@update']) !== 'ignore') update({ ...json, id: known });
      continue;
    }
    const { nazSoub, contentType = 'application/octet-stream', content } = json;
    if (typeof nazSoub !== 'string' || typeof content !== 'string') {
      throw new Refusal({ message: 'Příloha potřebuje nazSoub a content.', for: 'prilohy' });
    }
    const bytes = Buffer.from(content, 'base64');
    const file = { name: nazSoub, contentType: String(contentType), bytes };
    const id = attachFile(records, owner, file);
    attach(records.db, evidence, id, idents);
    const { content: _, 'content@encoding': __, ...said } = json;
    update({ ...said, id });
  }
}

/** A list, one, or (as documented) an object with the member `priloha`. */
function listed(given: unknown): JsonObject[] {
  if (given === '' || given === null || given === undefined) return [];
  const inner =
    typeof given === 'object' && !Array.isArray(given) && 'priloha' in given
      ? given.priloha
      : given;
  return [inner].flat().map((one) => {
    if (typeof one === 'object' && one !== null) return one as JsonObject;
    throw new Refusal({ message: `Příloha '${String(one)}' není záznam.`, for: 'prilohy' });
  });
}
