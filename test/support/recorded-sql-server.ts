/**
 * The stand-in for SQL Server, and what its sessions saw: calls, SET options and transactions as
 * they were when a call began, whichever way the client asked for them.
 */

import type {
  Backend,
  ResponseSink,
  RpcCall,
  Session,
  SqlServerOptions,
  SqlValue,
} from 'tds-sqlite';
import { createBackend, Instance, initialise, startTdsServer } from 'tds-sqlite';

/** One call of a procedure by RPC, or one statement by `sp_executesql`. */
export interface SeenCall {
  database: string;
  /** `schema.name` without brackets; of a statement its text. */
  text: string;
  kind: 'procedure' | 'statement';
  /** By name without `@`. */
  parameters: Record<string, SqlValue>;
  /** Of `watched`: those that the client had switched on. */
  options: string[];
  /** Whether a transaction of the client's was open when the call began. */
  inTransaction: boolean;
  /** What became of that transaction, once it has ended. */
  transaction?: 'commit' | 'rollback';
}

/** SET options that no client switches on when it logs in, and that change how a procedure runs. */
const watched = /\bSET\s+(FORCEPLAN|NOCOUNT|XACT_ABORT)\s+(ON|OFF)\b/gi;

export interface RecordedSqlServer {
  port: number;
  /** In the order in which they began. */
  seen: SeenCall[];
  close(): Promise<void>;
}

export async function startRecordedSqlServer(
  options: SqlServerOptions,
): Promise<RecordedSqlServer> {
  const instance = new Instance(options);
  const seen: SeenCall[] = [];
  for (const database of instance.databases) await initialise(instance, database);
  const backend = createBackend(instance);
  const recorded: Backend = {
    serverName: backend.serverName,
    version: backend.version,
    login: async (request, signal) => recordedSession(await backend.login(request, signal), seen),
  };
  const tds = await startTdsServer(recorded, { port: 0 });
  return {
    port: tds.port,
    seen,
    async close() {
      await tds.close();
      instance.close();
    },
  };
}

function recordedSession(session: Session, seen: SeenCall[]): Session {
  const on = new Set<string>();
  /** The client's transaction, while one is open: the calls that were made in it. */
  let open: SeenCall[] | undefined;
  let calling = false;

  const recordedSink = (sink: ResponseSink): ResponseSink =>
    new Proxy(sink, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          // What a procedure does with transactions of its own is its business.
          if (key === 'transaction' && !(calling && open === undefined)) {
            const [change] = args;
            if (change === 'begin') open ??= [];
            else {
              for (const call of open ?? []) call.transaction = change as 'commit' | 'rollback';
              open = undefined;
            }
          }
          return Reflect.apply(value, target, args);
        };
      },
    });

  const note = (call: RpcCall) => {
    const isStatement = call.procedure.toLowerCase() === 'sp_executesql';
    const [text, , ...given] = call.parameters;
    const parameters = isStatement ? given : call.parameters;
    const entry: SeenCall = {
      database: session.database,
      text: isStatement ? String(text?.value) : call.procedure.replaceAll(/[[\]]/g, ''),
      kind: isStatement ? 'statement' : 'procedure',
      parameters: Object.fromEntries(parameters.map(({ name, value }) => [name.slice(1), value])),
      options: [...on].sort(),
      inTransaction: open !== undefined,
    };
    open?.push(entry);
    seen.push(entry);
  };

  return {
    database: session.database,
    spid: session.spid,
    async batch(sql, sink, signal) {
      await session.batch(sql, recordedSink(sink), signal);
      for (const [, option = '', value = ''] of sql.matchAll(watched)) {
        if (value.toUpperCase() === 'ON') on.add(option.toUpperCase());
        else on.delete(option.toUpperCase());
      }
    },
    async rpc(call, sink, signal) {
      note(call);
      calling = true;
      try {
        await session.rpc(call, recordedSink(sink), signal);
      } finally {
        calling = false;
      }
    },
    transactionRequest: (request, sink, signal) =>
      session.transactionRequest(request, recordedSink(sink), signal),
    bulkLoad: (columns, rows, sink, signal) => session.bulkLoad(columns, rows, sink, signal),
    reset(options, sink) {
      on.clear();
      return session.reset(options, recordedSink(sink));
    },
    close: () => session.close(),
  };
}
