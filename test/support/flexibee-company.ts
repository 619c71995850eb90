/**
 * A company at a FlexiBee server as a plain model in memory: records and their changelog, with
 * transactions that take their versions long before they commit, gaps, backups.
 */

import { FlexibeeError } from '../../shared/flexibee/errors.ts';
import type { Change, FlexibeeRecord, Operation, Source } from '../../shared/flexibee/types.ts';

export interface CompanyOptions {
  now(): Date;
  /** Whether changes tell when they happened: older servers don't. */
  timestamps: boolean;
  /**
   * The global version: of the newest change that was ever seen, the newest that was given out, or
   * of the newest that the log holds.
   */
  global: 'seen' | 'given out' | 'of the log';
  /** The server gives no more changes than this at once. */
  largestPage?: number;
  /** What becomes of the log when it is turned on again; `restarts`: versions begin at 1, too. */
  enabling?: 'keeps' | 'empties' | 'restarts';
  /** Which numbers records have: any that a bigint holds, or such as are usual. */
  ids?: 'any' | 'usual';
  /** How changes are answered while the log is off: by what it holds, as if nothing happened. */
  off?: 'refuses' | 'stands still';
}

type Payload = Record<string, unknown>;
type Tables = Map<string, Map<string, Payload>>;
interface Open {
  change: Change;
  since: number;
}

export interface CompanyModel extends Source {
  /** The transaction as a whole; returns the record's id. */
  write(operation: Operation, evidence: string, id?: string): string | undefined;
  /** Takes a version and stays open. */
  begin(operation: Operation, evidence: string, id?: string): void;
  /** Ends an open transaction, by its place in the row of them. */
  commit(index: number): void;
  rollBack(index: number): void;
  /** How many are open, and since when the eldest is. */
  readonly open: readonly Open[];
  /** Versions that nobody ever sees. */
  skip(count: number): void;
  backUp(): void;
  restore(): void;
  readonly hasBackup: boolean;
  changelog: 'on' | 'off';
  status(signal: AbortSignal): Promise<boolean>;
  /** Removes the eldest changes from the log, as many as that. */
  prune(count: number): void;
  /** How far the server's clock is ahead, in milliseconds. */
  setClock(aheadMs: number): void;
  /** Every change that was ever in the log, since the versions began. */
  readonly history: readonly Change[];
  ids(evidence: string): string[];
  alive(evidence: string): Map<string, Payload>;
  readonly log: readonly Change[];
  readonly globalVersion: number;
}

export function companyModel(options: CompanyOptions): CompanyModel {
  let tables: Tables = new Map();
  let log: Change[] = [];
  let history: Change[] = [];
  let open: Open[] = [];
  let version = 0;
  let lastId = 0;
  let content = 0;
  let changelog: 'on' | 'off' = 'on';
  let clockMs = 0;
  let backup:
    | (Pick<CompanyModel, 'log' | 'history'> & { tables: Tables; version: number; visible: number })
    | undefined;

  const table = (evidence: string) => {
    const found = tables.get(evidence) ?? new Map<string, Payload>();
    tables.set(evidence, found);
    return found;
  };
  /** The newest that was ever seen. */
  let visible = 0;
  const globalVersion = () =>
    ({ seen: visible, 'given out': version, 'of the log': log.at(-1)?.version ?? 0 })[
      options.global
    ];

  function prepare(operation: Operation, evidence: string, id?: string): Change | undefined {
    const [known] = table(evidence).keys();
    const chosen = operation === 'create' ? idOf(++lastId) : (id ?? known);
    if (chosen === undefined) return undefined;
    if (changelog === 'on') version += 1;
    const at = new Date(options.now().getTime() + clockMs)
      .toISOString()
      .replace('T', ' ')
      .replace('Z', '000');
    return {
      version,
      evidence,
      id: chosen,
      operation,
      ...(options.timestamps && { at }),
      externalIds: [],
    };
  }

  function carryOut(change: Change): void {
    const { operation, evidence, id } = change;
    const rows = table(evidence);
    content += 1;
    if (operation === 'delete') rows.delete(id);
    else if (operation === 'create' || rows.has(id)) rows.set(id, { id, content });
    if (changelog === 'off') return;
    const isLate = visible > change.version;
    visible = Math.max(visible, change.version);
    log.push(change);
    history.push(change);
    if (isLate) log.sort((one, other) => one.version - other.version);
  }

  const recordOf = (id: string, payload: Payload): FlexibeeRecord => ({
    id,
    code: `C${id}`,
    externalIds: [`code:C${id}`],
    payload: { ...payload },
  });
  const idOf = (number: number): string => {
    if (options.ids !== 'any' || number % 3 === 0) return String(number);
    return number % 3 === 1 ? String(-number) : String(2n ** 53n + BigInt(number));
  };
  const copy = (of: Tables): Tables =>
    new Map([...of].map(([name, rows]) => [name, new Map(rows)]));

  return {
    write(operation, evidence, id) {
      const change = prepare(operation, evidence, id);
      if (change) carryOut(change);
      return change?.id;
    },
    begin(operation, evidence, id) {
      const change = prepare(operation, evidence, id);
      if (change) open.push({ change, since: options.now().getTime() });
    },
    commit(index) {
      const [ended] = open.splice(index, 1);
      if (ended) carryOut(ended.change);
    },
    rollBack(index) {
      open.splice(index, 1);
    },
    get open() {
      return open;
    },
    skip(count) {
      version += count;
    },
    backUp() {
      backup = { tables: copy(tables), log: [...log], history: [...history], version, visible };
    },
    restore() {
      if (backup === undefined) return;
      tables = copy(backup.tables);
      log = [...backup.log];
      history = [...backup.history];
      version = backup.version;
      visible = backup.visible;
      open = [];
    },
    get hasBackup() {
      return backup !== undefined;
    },
    get changelog() {
      return changelog;
    },
    set changelog(state) {
      if (state === changelog) return;
      changelog = state;
      // What is written now is in no version: a backup from before could not be told from after.
      if (state === 'off') backup = undefined;
      if (state === 'off' || (options.enabling ?? 'keeps') === 'keeps') return;
      log = [];
      if (options.enabling !== 'restarts') return;
      version = visible = 0;
      history = [];
    },
    async status(signal) {
      signal.throwIfAborted();
      return changelog === 'on';
    },
    prune(count) {
      // Restored to an empty list from an empty list: nothing would tell.
      if (options.global === 'of the log') backup = undefined;
      log.splice(0, count);
    },
    setClock(aheadMs) {
      clockMs = aheadMs;
    },
    get history() {
      return history;
    },
    ids: (evidence) => [...table(evidence).keys()],
    alive: (evidence) => new Map([...table(evidence)].map(([id, row]) => [id, { ...row }])),
    get log() {
      return log;
    },
    get globalVersion() {
      return globalVersion();
    },
    async changes({ start, limit }, signal) {
      signal.throwIfAborted();
      if (changelog === 'off' && options.off !== 'stands still')
        throw trouble('changelog disabled');
      const from = log.filter((change) => change.version >= start);
      const size = Math.min(limit, options.largestPage ?? limit);
      const next = from[size]?.version;
      const page = {
        globalVersion: globalVersion(),
        changes: structuredClone(from.slice(0, size)),
      };
      return next === undefined ? page : { ...page, next };
    },
    async records(evidence, ids, signal) {
      signal.throwIfAborted();
      const rows = table(evidence);
      return ids.flatMap((id) => {
        const row = rows.get(id);
        return row ? [recordOf(id, row)] : [];
      });
    },
    async list(evidence, { afterId, limit }, signal) {
      signal.throwIfAborted();
      const above = [...table(evidence)].filter(
        ([id]) => afterId === undefined || BigInt(id) > BigInt(afterId),
      );
      const records = above
        .sort(([one], [other]) => (BigInt(one) < BigInt(other) ? -1 : 1))
        .slice(0, limit)
        .map(([id, row]) => recordOf(id, row));
      return { globalVersion: globalVersion(), records, count: above.length };
    },
  };
}

export function trouble(kind: FlexibeeError['kind']): FlexibeeError {
  const request = 'GET /c/demo/changes.json';
  return new FlexibeeError({ kind, company: 'demo', request, fault: kind, cure: 'See to it.' });
}
