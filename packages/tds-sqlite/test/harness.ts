/** A session of the engine without the wire: what it answers is kept in memory. */

import type { SqlServerOptions, SqlValue } from '../src/procedure.ts';
import { initialise } from '../src/session/initialise.ts';
import { Instance } from '../src/session/instance.ts';
import { createBackend } from '../src/session/login.ts';
import type {
  Column,
  Message,
  Output,
  ResponseSink,
  RpcParameter,
  Session,
} from '../src/tds/backend.ts';

export interface ResultSet {
  columns: readonly Column[];
  rows: SqlValue[][];
}

export interface Answer {
  sets: ResultSet[];
  rowCounts: (number | undefined)[];
  infos: Message[];
  errors: Message[];
  outputs: Record<string, SqlValue>;
  returned: number | undefined;
}

class MemorySink implements ResponseSink {
  readonly answer: Answer = {
    sets: [],
    rowCounts: [],
    infos: [],
    errors: [],
    outputs: {},
    returned: undefined,
  };
  readonly transactions: string[] = [];
  /** Called for every message, while the request runs. */
  onInfo: (message: Message) => void = () => {};

  columns(columns: readonly Column[]) {
    this.answer.sets.push({ columns, rows: [] });
  }
  row(values: readonly SqlValue[]) {
    this.answer.sets.at(-1)?.rows.push([...values]);
  }
  done(details: { rowCount?: number } = {}) {
    this.answer.rowCounts.push(details.rowCount);
  }
  info(message: Message) {
    this.answer.infos.push(message);
    this.onInfo(message);
  }
  error(message: Message) {
    this.answer.errors.push(message);
  }
  environment() {}
  returnStatus(value: number) {
    this.answer.returned = value;
  }
  outputParameter({ name, value }: Output) {
    this.answer.outputs[name] = value;
  }
  transaction(change: string) {
    this.transactions.push(change);
  }
  async ready() {
    await new Promise(setImmediate);
  }
}

export interface TestSession {
  readonly session: Session;
  /** A batch; its errors are in the answer. */
  run(
    sql: string,
    options?: { signal?: AbortSignal; onInfo?: (message: Message) => void },
  ): Promise<Answer>;
  /** The rows of the batch's only result set; rejects when there are errors. */
  rows(sql: string): Promise<SqlValue[][]>;
  /** The one value of the batch's only row. */
  value(sql: string): Promise<SqlValue>;
  /** The number of the batch's first error; undefined without one. */
  error(sql: string): Promise<number | undefined>;
  rpc(
    procedure: string,
    parameters: Partial<RpcParameter>[],
    signal?: AbortSignal,
  ): Promise<Answer>;
  close(): Promise<void>;
}

export interface TestInstance {
  readonly instance: Instance;
  session(database?: string, application?: string): Promise<TestSession>;
  close(): Promise<void>;
}

/** A stand-in without ports. Close it at the end of the test. */
export async function startInstance(
  options: Partial<SqlServerOptions> & { schema?: string } = {},
): Promise<TestInstance> {
  const { schema = '', databases = [{ name: 'AB', server: 'ab', schema, procedures: [] }] } =
    options;
  const instance = new Instance({ logins: { tester: 'secret' }, ...options, databases });
  for (const database of instance.databases) await initialise(instance, database);
  const backend = createBackend(instance);
  const open: TestSession[] = [];
  return {
    instance,
    async session(database = databases[0]?.name ?? '', application = 'tests') {
      const request = {
        user: 'tester',
        password: 'secret',
        database,
        applicationName: application,
        hostName: 'host',
        libraryName: 'test',
        serverName: 'ab',
        language: '',
        readOnlyIntent: false,
      };
      const session = testSession(await backend.login(request, new AbortController().signal));
      open.push(session);
      return session;
    },
    async close() {
      for (const session of open) await session.close();
      instance.close();
    },
  };
}

function testSession(session: Session): TestSession {
  const never = new AbortController().signal;
  let closed = false;
  const run: TestSession['run'] = async (sql, { signal = never, onInfo } = {}) => {
    const sink = new MemorySink();
    if (onInfo) sink.onInfo = onInfo;
    await session.batch(sql, sink, signal);
    return sink.answer;
  };
  const only = async (sql: string): Promise<ResultSet> => {
    const { sets, errors } = await run(sql);
    const [error] = errors;
    if (error) throw new Error(`${sql}: error ${error.number}: ${error.text}`);
    const [set] = sets;
    if (!set || sets.length > 1) throw new Error(`${sql}: ${sets.length} result sets`);
    return set;
  };
  return {
    session,
    run,
    rows: async (sql) => (await only(sql)).rows,
    value: async (sql) => {
      const { rows } = await only(sql);
      if (rows.length !== 1 || rows[0]?.length !== 1)
        throw new Error(`${sql}: ${rows.length} rows`);
      return rows[0][0] ?? null;
    },
    error: async (sql) => (await run(sql)).errors[0]?.number,
    async rpc(procedure, parameters, signal = never) {
      const sink = new MemorySink();
      const full = parameters.map((parameter) => ({
        name: '',
        type: 'nvarchar(4000)',
        value: null,
        output: false,
        isDefault: false,
        ...parameter,
      }));
      await session.rpc({ procedure, parameters: full }, sink, signal);
      return sink.answer;
    },
    async close() {
      if (closed) return;
      closed = true;
      await session.close();
    },
  };
}
