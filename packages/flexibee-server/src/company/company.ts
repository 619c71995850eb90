import { join } from 'node:path';
import { backUp, restoreFrom } from './backup.ts';
import { fillInBulk } from './bulk.ts';
import { Changelog } from './changelog.ts';
import { Database, quoted } from './database.ts';
import { CompanyError } from './errors.ts';
import { describeProperties } from './evidence/describe.ts';
import { type Evidence, evidenceOf, evidences, isDirect } from './evidence/index.ts';
import { resolveIdent } from './idents.ts';
import { addAttachments, attachmentIds, relationsOf, rowsOf } from './listing/beside.ts';
import { parseDetail } from './listing/detail.ts';
import { getRecords, listRecords, where } from './listing/list.ts';
import { sumRecords } from './listing/sum.ts';
import { seedCompany } from './seed/index.ts';
import type * as T from './types.ts';
import { notFound, type Refusal } from './write/refusal.ts';
import { type Order, ordersOf } from './write/request.ts';
import { type Transaction, writeOrders } from './write/transaction.ts';

/**
 * A company, opened at its first use.
 * @throws RangeError when the name is none
 */
export function openCompany(options: T.CompanyOptions): T.Company {
  if (!/^[a-z0-9_]{1,60}$/i.test(options.name)) {
    throw new RangeError(`name: '${options.name}' is not 1 to 60 letters, digits or underscores`);
  }
  return new SqliteCompany(options);
}

class SqliteCompany implements T.Company {
  readonly name: string;
  readonly title: string;
  readonly #options: T.CompanyOptions;
  readonly #listeners = new Set<(event: T.ChangeEvent) => void>();
  #open: { db: Database; log: Changelog } | undefined;
  /** Counts restored backups: transactions begun before one are gone. */
  #history = 0;

  constructor(options: T.CompanyOptions) {
    this.name = options.name;
    this.title =
      options.title ?? `${options.name.charAt(0).toUpperCase()}${options.name.slice(1)} s.r.o.`;
    this.#options = options;
  }

  evidences(): T.EvidenceDescription[] {
    return evidences.map(({ path, name, type, importStatus = 'SUPPORTED' }) => ({
      path,
      name,
      type,
      importStatus,
    }));
  }

  properties(evidence: string): T.PropertyDescription[] {
    return describeProperties(evidenceOf(evidence));
  }

  relations(path: string): T.RelationDescription[] {
    return relationsOf(evidenceOf(path));
  }

  related(
    path: string,
    ident: string,
    url: string,
    query: T.ListQuery,
  ): T.Listing & { path: string } {
    const rows = rowsOf(evidenceOf(path), this.#idOf(path, ident), url, query);
    return { path: rows.path, ...this.list(rows.path, rows.query) };
  }

  list(evidence: string, query: T.ListQuery = {}): T.Listing {
    const where = { company: this.name, now: this.#now() };
    const listed = listRecords(this.#db, where, evidence, query);
    this.#withAttachments(evidence, listed.records, query);
    return { globalVersion: this.globalVersion(), ...listed };
  }

  sum(path: string, query: T.ListQuery, fields?: readonly string[]): Record<string, string> {
    const evidence = evidenceOf(path);
    return sumRecords(this.#db, evidence, where(this.#db, evidence, query, this.#now()), fields);
  }

  resolve(evidence: string, ident: string): number | undefined {
    return resolveIdent(this.#db, evidenceOf(evidence).path, ident);
  }

  get(evidence: string, idents: readonly (string | number)[], query: T.ListQuery = {}): T.Listing {
    const records = getRecords(this.#db, this.name, evidence, idents, query);
    this.#withAttachments(evidence, records, query);
    return { globalVersion: this.globalVersion(), records };
  }

  write(
    evidence: string,
    winstrom: Record<string, unknown>,
    options: T.WriteOptions = {},
  ): T.WriteResult {
    return this.#write(ordersOf(evidence, winstrom, options.ident), {
      atomic: String(winstrom['@atomic']) !== 'false',
      dryRun: options.dryRun === true,
    });
  }

  attach(path: string, ident: string, file: T.AttachedFile): T.WriteResult {
    const id = this.#idOf(path, ident);
    const content = Buffer.from(file.bytes).toString('base64');
    const priloha = { nazSoub: file.name, contentType: file.contentType, content };
    const orders = [{ evidence: evidenceOf(path), json: { id, prilohy: { priloha } } }];
    const written = this.#write(orders, { atomic: true });
    const newest = this.attachments(path, ident).at(-1);
    if (written.status === 400 || newest === undefined) return written;
    const ref = `/c/${this.name}/priloha/${newest}.json`;
    const stats = { created: '1', updated: '0', deleted: '0', skipped: '0', failed: '0' };
    const results = [{ id: String(newest), ref }];
    return { status: 201, winstrom: { ...written.winstrom, stats, results } };
  }

  attachments(path: string, ident: string): number[] {
    return attachmentIds(this.#db, path, this.#idOf(path, ident));
  }

  fields(path: string, { detail = 'summary' }: T.ListQuery = {}): string[] {
    return parseDetail(evidenceOf(path), detail).properties.map(({ name }) => name);
  }

  delete(path: string, ident: string): T.WriteResult {
    const evidence = evidenceOf(path);
    const id = this.#idOf(path, ident);
    if (!isDirect(evidence)) {
      throw new CompanyError(400, 'Import není povolen.', 'importNotAllowed');
    }
    return this.#write([{ evidence, json: { id, '@action': 'delete' } }], { atomic: true });
  }

  changes(query: T.ChangesQuery = {}): T.ChangesPage {
    return this.#log.list(query);
  }

  changelogEnabled(): boolean {
    return this.#log.enabled;
  }

  enableChangelog(options: { restart?: boolean } = {}): void {
    this.#log.enable(options);
  }

  disableChangelog(): void {
    this.#log.disable();
  }

  globalVersion(): number {
    return this.#log.globalVersion;
  }

  onChange(listener: (event: T.ChangeEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  begin(count = 1): T.LateCommit {
    const versions = this.#log.take(count);
    const history = this.#history;
    let open = true;
    const end = () => {
      if (!open) throw new Error('the transaction has ended');
      if (history !== this.#history) throw new Error('a backup was restored since it began');
      open = false;
    };
    return {
      versions,
      commit: (evidence, winstrom) => {
        end();
        const orders = ordersOf(evidence, winstrom, undefined);
        return this.#write(orders, { atomic: true, reserved: versions });
      },
      rollback: end,
    };
  }

  gap(versions: number): void {
    this.#log.take(versions);
  }

  backup(file: string): void {
    backUp(this.#db, file);
  }

  restore(file: string): void {
    restoreFrom(this.#db, file);
    this.#history++;
  }

  bulk(options: T.BulkOptions): void {
    const versions = fillInBulk(this.#db, this.#log, options, this.#now());
    if (this.#listeners.size === 0) return;
    for (let from = 0; from < versions.length; from += 1000) {
      this.#tell(versions.slice(from, from + 1000));
    }
  }

  dump(evidence: string): T.JsonRecord[] {
    const query = { limit: 0, detail: 'full', order: ['id'], validityFilter: false };
    return this.list(evidence, query).records;
  }

  counts(): Record<string, number> {
    const count = (path: string) => this.#db.number(`SELECT count(*) FROM ${quoted(path)}`) ?? 0;
    return Object.fromEntries(evidences.map(({ path }) => [path, count(path)]));
  }

  close(): void {
    this.#open?.db.close();
    this.#open = undefined;
  }

  /** @throws CompanyError 404 */
  #idOf(path: string, ident: string): number {
    const id = this.resolve(path, ident);
    if (id === undefined) throw asCompanyError(notFound(path, ident));
    return id;
  }

  #withAttachments(path: string, records: readonly T.JsonRecord[], query: T.ListQuery): void {
    if (!query.relations?.includes('prilohy') || path === 'priloha') return;
    addAttachments(this.#db, this.name, path, records);
  }

  get #db(): Database {
    return this.#opened().db;
  }

  get #log(): Changelog {
    return this.#opened().log;
  }

  #opened(): { db: Database; log: Changelog } {
    if (this.#open !== undefined) return this.#open;
    const { directory, name, timestamps, changelog, data } = this.#options;
    const db = new Database(
      directory === undefined ? ':memory:' : join(directory, `${name}.sqlite`),
    );
    const log = new Changelog(db, timestamps !== false);
    this.#open = { db, log };
    try {
      // At once: a process that dies on the way leaves no half-filled company.
      db.transaction(() => {
        if (!db.createTables()) return;
        if (changelog !== false) log.enable({});
        if (data === false) return;
        seedCompany(data ?? {}, this.#now(), {
          write: (orders) => this.#write(orders, { atomic: true }),
          read: (evidence, query) => this.list(evidence, query).records,
        });
      });
    } catch (error) {
      this.close();
      throw error;
    }
    return this.#open;
  }

  #now(): number {
    return (this.#options.now?.() ?? new Date()).getTime();
  }

  #write(orders: readonly Order[], options: Transaction): T.WriteResult {
    const query = { limit: 0, detail: 'id', validityFilter: false };
    const place = {
      company: this.name,
      ...this.#opened(),
      now: this.#now(),
      matching: ({ path }: Evidence, filter: string) =>
        this.list(path, { ...query, filter }).records.map((record) => Number(record['id'])),
      committed: (versions: readonly number[]) => this.#tell(versions),
    };
    return writeOrders(orders, place, options);
  }

  #tell(versions: readonly number[]): void {
    if (versions.length === 0 || this.#listeners.size === 0) return;
    const event = { globalVersion: this.globalVersion(), changes: this.#log.at(versions) };
    for (const listener of this.#listeners) listener(event);
  }
}

const asCompanyError = ({ details }: Refusal): CompanyError =>
  new CompanyError(404, details.message, details.messageCode);
