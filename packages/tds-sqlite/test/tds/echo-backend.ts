/** A backend that speaks a few words of its own, to try the wire with real clients. */

import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { SqlServerError, type SqlValue } from '../../src/procedure.ts';
import {
  type Backend,
  type Column,
  LoginError,
  type LoginRequest,
  type ResponseSink,
  type RpcCall,
  type Session,
  type TransactionRequest,
} from '../../src/tds/backend.ts';
import { startTdsServer, type TdsServer } from '../../src/tds/server.ts';

const server = 'echo';

type Command = (
  sink: ResponseSink,
  argument: string,
  signal: AbortSignal,
  session: EchoSession,
) => Promise<void> | void;

/** `word argument`; any other batch (a client's SET options) is just done. */
const commands: Record<string, Command> = {
  /** `stream 1000`: rows of four columns. */
  async stream(sink, argument, _signal, session) {
    sink.columns([
      { name: 'id', type: 'int', nullable: false },
      { name: 'name', type: 'nvarchar(50)' },
      { name: 'amount', type: 'decimal(12, 2)' },
      { name: 'at', type: 'datetime2(3)' },
    ]);
    const count = Number(argument);
    for (let id = 0; id < count; id++) {
      if (id % 100 === 0) {
        await sink.ready();
        session.streamed = id;
      }
      sink.row([id, `name ${id}`, `${id}.50`, '2019-07-01T12:34:56.789']);
    }
    session.streamed = count;
    sink.done({ rowCount: count });
  },
  /** `select [["a","int",1],…]`: one row. */
  select(sink, argument) {
    const columns = JSON.parse(argument) as [string, string, SqlValue][];
    sink.columns(columns.map(([name, type]) => ({ name, type })));
    sink.row(columns.map(([, , value]) => value));
    sink.done({ rowCount: 1 });
  },
  /** `wait 1000`: says so at once, then waits or is cancelled. */
  async wait(sink, argument, signal) {
    sink.info({ number: 0, severity: 0, state: 1, text: 'waiting', server, procedure: 'wait' });
    await delay(Number(argument), undefined, { signal });
    sink.done();
  },
  /** `silent 1000`: waits without a word. */
  async silent(sink, argument, signal) {
    await delay(Number(argument), undefined, { signal });
    sink.done();
  },
  /** `stubborn 300`: does not heed its signal, and changes the session while winding down. */
  async stubborn(sink, argument) {
    sink.info({ number: 0, severity: 0, state: 1, text: 'waiting', server });
    await delay(Number(argument));
    sink.transaction('begin', 99n);
    sink.columns([{ name: 'late', type: 'int' }]);
    sink.row([1]);
    sink.done({ rowCount: 1 });
  },
  /** `counts 3`: that many statements, the second one failing. */
  counts(sink, argument) {
    for (let statement = 1; statement <= Number(argument); statement++) {
      if (statement === 2) {
        sink.error({
          number: 547,
          severity: 16,
          state: 3,
          text: 'conflict',
          server,
          procedure: 'dbo.sp_x',
          line: 7,
        });
        sink.done();
      } else {
        sink.done({ rowCount: statement });
      }
    }
  },
  /** `exec`: a procedure inside a batch. */
  exec(sink) {
    sink.columns([{ name: 'inner', type: 'int' }]);
    sink.row([1]);
    sink.done({ rowCount: 1, inProcedure: true });
    sink.done({ rowCount: 5, inProcedure: true });
    sink.returnStatus(42);
  },
  use(sink, argument) {
    sink.environment('database', argument, 'HCS');
    sink.done();
  },
  throw(_sink, argument) {
    throw new SqlServerError(Number(argument), 'thrown', { severity: 15, state: 9, line: 3 });
  },
  bug() {
    throw new TypeError('x is undefined');
  },
  badrow(sink) {
    sink.columns([{ name: 'small', type: 'tinyint' }]);
    sink.row([1]);
    sink.row([256]);
    sink.done();
  },
};

export class EchoSession implements Session {
  readonly database: string;
  readonly spid: number;
  readonly login: LoginRequest;
  readonly log: string[] = [];
  readonly calls: RpcCall[] = [];
  readonly bulk: { columns: readonly Column[]; rows: (readonly SqlValue[])[] }[] = [];
  /** Rows of the last `stream` so far. */
  streamed = 0;
  closed = false;

  constructor(login: LoginRequest, spid: number) {
    this.login = login;
    this.database = login.database || 'master';
    this.spid = spid;
  }

  async batch(sql: string, sink: ResponseSink, signal: AbortSignal): Promise<void> {
    this.log.push(sql);
    const [word = '', argument = ''] = /^(\w+)\s*([\s\S]*)$/.exec(sql)?.slice(1) ?? [];
    const command = commands[word];
    if (command) {
      await command(sink, argument, signal, this);
    } else {
      sink.done();
    }
  }

  /** One row of all parameters, and every output parameter as it came; returns 7. */
  async rpc(call: RpcCall, sink: ResponseSink, signal: AbortSignal): Promise<void> {
    this.calls.push(call);
    if (call.procedure === 'wait') {
      return commands['wait']?.(sink, String(call.parameters[0]?.value), signal, this);
    }
    const [statement] = call.parameters;
    if (call.procedure === 'sp_executesql' && call.parameters.length <= 2) {
      return this.batch(String(statement?.value), sink, signal);
    }
    const parameters =
      call.procedure === 'sp_executesql' ? call.parameters.slice(2) : call.parameters;
    sink.columns(parameters.map(({ name, type }) => ({ name: name.slice(1), type })));
    sink.row(parameters.map(({ value }) => value));
    sink.done({ rowCount: 1 });
    for (const { name, type, value, output } of parameters) {
      if (output) {
        sink.outputParameter({ name, type, value });
      }
    }
    sink.returnStatus(7);
  }

  async transactionRequest(request: TransactionRequest, sink: ResponseSink): Promise<void> {
    this.log.push(JSON.stringify(request));
    if (request.kind !== 'save') {
      sink.transaction(request.kind, 0x0102030405060708n);
    }
    sink.done();
  }

  async bulkLoad(
    columns: readonly Column[],
    rows: AsyncIterable<readonly SqlValue[]>,
    sink: ResponseSink,
  ): Promise<void> {
    const loaded = [];
    for await (const row of rows) {
      loaded.push(row);
    }
    this.bulk.push({ columns, rows: loaded });
    sink.done({ rowCount: loaded.length });
  }

  async reset(options: { keepTransaction: boolean }): Promise<void> {
    this.log.push(`reset ${options.keepTransaction}`);
  }

  close(): void {
    this.closed = true;
  }
}

export class EchoBackend implements Backend {
  readonly serverName = server;
  readonly version = { major: 15, minor: 0, build: 2000 };
  readonly sessions: EchoSession[] = [];

  /** The newest session that is still open, of a client's library. */
  session(libraryName: 'Tedious' | 'raw client'): EchoSession {
    const session = this.sessions.findLast(
      ({ login, closed }) => !closed && login.libraryName === libraryName,
    );
    return session ?? assert.fail(`no session of ${libraryName}`);
  }

  async login(request: LoginRequest): Promise<Session> {
    if (request.user !== 'sa' || request.password !== 'Пароль1') {
      throw new LoginError(18456, `Login failed for user '${request.user}'.`);
    }
    if (!['', 'HCS'].includes(request.database)) {
      const text = `Cannot open database "${request.database}" requested by the login. The login failed.`;
      throw new LoginError(4060, text, 11);
    }
    const session = new EchoSession(request, 51 + this.sessions.length);
    this.sessions.push(session);
    return session;
  }
}

export async function startEcho(): Promise<{ backend: EchoBackend; tds: TdsServer }> {
  const backend = new EchoBackend();
  return { backend, tds: await startTdsServer(backend, { port: 0 }) };
}

/** How the `mssql` package reaches it. */
export function mssqlConfig(tds: TdsServer, options: object = {}) {
  return {
    server: '127.0.0.1',
    port: tds.port,
    user: 'sa',
    password: 'Пароль1',
    database: 'HCS',
    pool: { max: 1 },
    options: { encrypt: false, trustServerCertificate: true, useUTC: true, ...options },
  };
}
