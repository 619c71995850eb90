import { type Database, quoted, type Row } from '../database.ts';
import { type Evidence, evidenceOf, isDirect, propertyOf } from '../evidence/index.ts';
import { labels } from '../evidence/property.ts';
import { attachmentIds } from '../listing/beside.ts';
import { localDateTime } from '../time.ts';
import { perform, refuseIfLocked } from './actions.ts';
import { attachmentEvidence, writeAttachments } from './attachments.ts';
import { attach, detach, findRecord, identsOf, type JsonObject } from './identity.ts';
import { labelsOf } from './labels.ts';
import { nextCode } from './numbering.ts';
import { completeDue, pair, unpair } from './pairing.ts';
import type { Records } from './records.ts';
import { notFound, Refusal } from './refusal.ts';
import { complete } from './rules.ts';
import { sumUpItems } from './sums.ts';
import { readValue } from './values.ts';

export interface Written {
  id: number;
  what: 'created' | 'updated' | 'deleted' | 'skipped';
}

interface Parent {
  id: number;
  row: Row;
  evidence: Evidence;
}

/** Writes records within one transaction; every change is recorded as it happens. */
export class Writer {
  readonly #records: Records;
  readonly #db: Database;

  constructor(records: Records) {
    this.#records = records;
    this.#db = records.db;
  }

  /**
   * Creates, updates or deletes one record, by its `id`s and `@action`.
   * @throws Refusal
   */
  write(evidence: Evidence, json: JsonObject, parent?: Parent): Written {
    const idents = identsOf(json);
    const id = findRecord(this.#db, evidence, idents);
    const action = json['@action'];
    if (action === 'delete') {
      if (id === undefined) throw notFound(evidence.path, idents.join(','));
      this.remove(evidence, id);
      return { id, what: 'deleted' };
    }
    const mode = json[id === undefined ? '@create' : '@update'];
    if (mode === 'ignore') return { id: id ?? 0, what: 'skipped' };
    if (mode === 'fail') {
      const fault = id === undefined ? 'neexistuje' : 'již existuje';
      throw new Refusal({ message: `Záznam ${idents.join(',')} ${fault}.` });
    }
    if (id !== undefined) return { id: this.#update(evidence, id, idents, json), what: 'updated' };
    if (action !== undefined) throw notFound(evidence.path, idents.join(','));
    return { id: this.#create(evidence, idents, json, parent), what: 'created' };
  }

  /** With its children. @throws Refusal when others refer to it */
  remove(evidence: Evidence, id: number): void {
    refuseIfLocked(this.#records.row(evidence, id), evidence);
    const { children } = evidence;
    if (children !== undefined) {
      for (const child of this.#records.childIds(evidence, id)) {
        this.remove(evidenceOf(children.evidence), child);
      }
    }
    for (const file of attachmentIds(this.#db, evidence.path, id)) {
      this.remove(attachmentEvidence(), file);
    }
    this.#records.remove(evidence, id);
  }

  #create(
    evidence: Evidence,
    idents: readonly string[],
    json: JsonObject,
    parent?: Parent,
  ): number {
    if (evidence.path === 'priloha') {
      throw new Refusal({ message: 'Přílohu lze založit jen jako součást jiného záznamu.' });
    }
    const row = this.#records.blank(evidence);
    if (parent !== undefined) this.#adopt(row, evidence, parent);
    const code = idents.find((ident) => ident.startsWith('code:'))?.slice('code:'.length);
    const withCode = code === undefined ? json : { kod: code, ...json };
    const given = this.#fill(row, evidence, withCode);
    complete(row, { db: this.#db, evidence, now: this.#records.now, given, creating: true });
    const day = String(row['datVyst'] ?? row['smlouvaOd'] ?? localDateTime(this.#records.now));
    const numbered = row['kod'] === null ? nextCode(this.#db, evidence, day) : undefined;
    if (numbered !== undefined) {
      row['kod'] = numbered.code;
      this.#records.recorder.record('rocni-rada', numbered.series, 'update', []);
    }
    if (Object.hasOwn(row, 'varSym') && propertyOf(evidence, 'varSym')?.mandatory === true) {
      row['varSym'] ??= String(row['kod']).replace(/\D/g, '');
    }
    this.#check(evidence, row);
    const id = this.#records.insert(evidence, row);
    attach(this.#db, evidence, id, idents);
    this.#records.record(evidence, id, 'create');
    this.#children(evidence, id, json);
    this.#pairings(evidence, id, json);
    this.#attachments(evidence, id, json);
    return id;
  }

  #update(evidence: Evidence, id: number, idents: readonly string[], json: JsonObject): number {
    const row = this.#records.row(evidence, id);
    const action = json['@action'] === undefined ? undefined : String(json['@action']);
    refuseIfLocked(row, evidence, action);
    const given = this.#fill(row, evidence, json);
    if (action !== undefined) perform(row, evidence, action);
    complete(row, { db: this.#db, evidence, now: this.#records.now, given, creating: false });
    this.#check(evidence, row);
    if (json['@removeExternalIds'] !== undefined) {
      detach(this.#db, evidence, id, String(json['@removeExternalIds']));
    }
    attach(this.#db, evidence, id, idents);
    this.#records.store(evidence, row);
    this.#records.record(evidence, id, 'update');
    this.#children(evidence, id, json);
    this.#pairings(evidence, id, json);
    this.#attachments(evidence, id, json);
    return id;
  }

  /** Child rows of a parent write; each one changes the parent's sums, as a real server logs it. */
  #children(evidence: Evidence, id: number, json: JsonObject): void {
    const { children } = evidence;
    if (children === undefined) return;
    const { field, alias = field } = children;
    const given = json[field] === undefined ? alias : field;
    if (json[given] === undefined) return;
    const child = evidenceOf(children.evidence);
    const rows = childRows(json[given], child.path);
    const before = new Set(this.#records.childIds(evidence, id));
    for (const item of rows) {
      const parent = { id, row: this.#records.row(evidence, id), evidence };
      const written = this.write(child, item, parent);
      before.delete(written.id);
      this.#afterChildren(evidence, id);
    }
    if (String(json[`${given}@removeAll`]) === 'true' && before.size > 0) {
      for (const gone of before) this.remove(child, gone);
      this.#afterChildren(evidence, id);
    }
  }

  #pairings({ path }: Evidence, id: number, json: JsonObject): void {
    if (path !== 'banka') return;
    if (json['odparovani'] !== undefined) unpair(this.#records, id, json['odparovani']);
    if (json['sparovani'] !== undefined) pair(this.#records, id, json['sparovani']);
  }

  #attachments(evidence: Evidence, id: number, { prilohy }: JsonObject): void {
    if (prilohy === undefined || evidence.path === 'priloha') return;
    writeAttachments(this.#records, { evidence, id }, prilohy, (json) => {
      this.write(attachmentEvidence(), json);
    });
  }

  #afterChildren(evidence: Evidence, id: number): void {
    const row = this.#records.row(evidence, id);
    sumUpItems(row, evidence, this.#db);
    completeDue(row, evidence, this.#db);
    this.#records.store(evidence, row);
    this.#records.record(evidence, id, 'update');
  }

  /** The fields that were given. Unknown and read-only ones are passed over (assumed). */
  #fill(row: Row, evidence: Evidence, json: JsonObject): Set<string> {
    const given = new Set<string>();
    const resolve = (target: string, ident: string) => this.#records.resolve(target, ident);
    for (const [name, value] of Object.entries(json)) {
      const property = propertyOf(evidence, name);
      if (property === undefined || property.readOnly === true) continue;
      if (property === labels) continue;
      row[name] = readValue(property, value, resolve);
      given.add(name);
    }
    if (evidence.properties.includes(labels) && ('stitky' in json || 'stitky@removeAll' in json)) {
      row['stitky'] = labelsOf(this.#records, row['stitky'], json);
    }
    return given;
  }

  #check(evidence: Evidence, row: Row): void {
    for (const { name, label, mandatory } of evidence.properties) {
      if (mandatory === true && (row[name] ?? null) === null) {
        throw new Refusal({
          message: `Pole '${label}' musí být vyplněno.`,
          messageCode: 'validace.notNull',
          for: name,
          code: 'INVALID',
        });
      }
    }
    if (!isDirect(evidence) || propertyOf(evidence, 'kod') === undefined) return;
    const kod = row['kod'] as string;
    const same = `SELECT id FROM ${quoted(evidence.path)} WHERE kod = ? AND id IS NOT ?`;
    if (this.#db.one(same, kod, row['id'] ?? null) !== undefined) {
      throw new Refusal({
        message: `Záznam s kódem '${kod}' již existuje.`,
        messageCode: 'validace.unique',
        for: 'kod',
        value: kod,
        code: 'INVALID',
      });
    }
  }

  /** What an item takes from its document. */
  #adopt(row: Row, evidence: Evidence, { id, row: from, evidence: { children } }: Parent): void {
    if (children === undefined) return;
    row[children.parent] = id;
    for (const name of ['datVyst', 'mena']) if (name in row) row[name] = from[name] ?? null;
    const position = `SELECT coalesce(max("cisRad"), 0) + 1 FROM ${quoted(evidence.path)}
      WHERE ${quoted(children.parent)} = ?`;
    row['cisRad'] = this.#db.number(position, id) ?? 1;
  }
}

/** A list, one object, or (from XML) an object with the child evidence's name. */
function childRows(value: unknown, evidence: string): JsonObject[] {
  if (value === '' || value === null) return [];
  const inner =
    typeof value === 'object' && !Array.isArray(value) && Object.hasOwn(value, evidence)
      ? (value as JsonObject)[evidence]
      : value;
  return [inner].flat().map((item) => {
    if (typeof item === 'object' && item !== null) return item as JsonObject;
    throw new Refusal({ message: `Položka '${String(item)}' není záznam.` });
  });
}
