/** One client's session: its requests, one at a time. */

import { errors } from '../errors.ts';
import { SqlServerError } from '../procedure.ts';
import type { Statement } from '../syntax/ast.ts';
import { parseBatch } from '../syntax/statements.ts';
import type { Column, ResponseSink, RpcCall, Session, TransactionRequest } from '../tds/backend.ts';
import { parseType } from '../values/types.ts';
import type { Argument } from './arguments.ts';
import { bulkInsert } from './bulk.ts';
import type { Database } from './database.ts';
import { callProcedure } from './execute.ts';
import type { Instance, SessionInfo } from './instance.ts';
import { runStatements } from './interpreter.ts';
import { parseName } from './names.ts';
import { Ended, effectOf, raisedBy } from './outcome.ts';
import { messageOf } from './raise.ts';
import { type ClientInfo, isOn, newFrame, type Request, SessionState } from './state.ts';
import { dropTableVariables } from './text.ts';
import { runTransactionRequest } from './transaction-statements.ts';

/** Rejects what a killed session's client still sends. */
const killed = () =>
  new SqlServerError(
    596,
    'Cannot continue the execution because the session is in the kill state.',
    { severity: 21 },
  );

/** What a session runs, for whoever looks at it: of sp_executesql the text. */
function shownText({ procedure, parameters }: RpcCall): string {
  const text = procedure.toLowerCase() === 'sp_executesql' ? parameters[0]?.value : undefined;
  return typeof text === 'string' ? text : procedure;
}

export class EngineSession implements Session, SessionInfo {
  readonly #state: SessionState;
  readonly #kill = new AbortController();
  #running: { text: string; since: number; done: Promise<void> } | undefined;
  /** When its last request began and ended. */
  #last = { began: new Date(), ended: new Date() };
  #bulk: Extract<Statement, { kind: 'insertBulk' }> | undefined;

  constructor(instance: Instance, database: Database, client: ClientInfo) {
    this.#state = new SessionState(instance, database, client);
    instance.sessions.set(this.spid, this);
  }

  get database(): string {
    return this.#state.database.name;
  }

  get spid(): number {
    return this.#state.spid;
  }

  get killed(): AbortSignal {
    return this.#kill.signal;
  }

  get contextInfo(): Uint8Array | null {
    return this.#state.contextInfo;
  }

  batch(sql: string, sink: ResponseSink, signal: AbortSignal): Promise<void> {
    return this.#request(sql, sink, signal, async (request) => {
      const frame = newFrame({ outermost: true });
      let statements: Statement[];
      try {
        statements = parseBatch(sql, [], isOn(this.#state.options, 'QUOTED_IDENTIFIER'));
        const [only] = statements;
        if (statements.length === 1 && only?.kind === 'insertBulk') this.#bulk = only;
        await runStatements(request, frame, statements);
      } finally {
        dropTableVariables(this.#state, frame);
      }
    });
  }

  rpc(call: RpcCall, sink: ResponseSink, signal: AbortSignal): Promise<void> {
    return this.#request(shownText(call), sink, signal, async (request) => {
      const name = parseName(call.procedure);
      if (!name) throw errors.procedureNotFound(call.procedure);
      const args = call.parameters.map(
        ({ name: own, type, value, output, isDefault }): Argument => ({
          ...(own !== '' && { name: own }),
          type: parseType(type),
          value,
          output,
          isDefault,
        }),
      );
      const outcome = await callProcedure(request, newFrame(), name, args, runStatements);
      if (signal.aborted) return;
      args.forEach((arg, index) => {
        const output =
          arg.output && arg.boundTo !== undefined ? outcome.outputs.get(arg.boundTo) : undefined;
        if (output)
          sink.outputParameter({
            name: call.parameters[index]?.name ?? '',
            type: output.type.text,
            value: output.value,
          });
      });
      sink.returnStatus(outcome.returned);
    });
  }

  transactionRequest(
    transaction: TransactionRequest,
    sink: ResponseSink,
    signal: AbortSignal,
  ): Promise<void> {
    return this.#request(`${transaction.kind} transaction`, sink, signal, async () => {
      runTransactionRequest(this.#state, sink, transaction);
    });
  }

  bulkLoad(
    columns: readonly Column[],
    rows: AsyncIterable<readonly import('../procedure.ts').SqlValue[]>,
    sink: ResponseSink,
    signal: AbortSignal,
  ): Promise<void> {
    const statement = this.#bulk;
    this.#bulk = undefined;
    return this.#request('bulk load', sink, signal, async (request) => {
      if (!statement) throw errors.syntaxNear('insert bulk');
      await bulkInsert(request, newFrame({ outermost: true }), statement.table, columns, rows);
    });
  }

  async reset(
    { keepTransaction }: { keepTransaction: boolean },
    sink: ResponseSink,
  ): Promise<void> {
    const { name } = this.#state.database;
    const { id, count } = this.#state.transaction;
    this.#state.reset(keepTransaction);
    if (count > 0 && !keepTransaction) sink.transaction('rollback', id);
    if (this.database !== name) sink.environment('database', this.database, name);
  }

  async close(): Promise<void> {
    this.#kill.abort(new Error('the session is closed'));
    await this.#running?.done;
    this.#state.reset(false);
    this.#state.instance.sessions.delete(this.spid);
  }

  /** Ends what runs, rolls back, releases locks; the connection of a session that waits closes. */
  kill(): void {
    this.#kill.abort(new Error('killed'));
    if (!this.#running) this.#state.reset(false);
  }

  describe(): Record<string, unknown> {
    const { client, database, transaction, loginTime, options } = this.#state;
    return {
      spid: this.spid,
      database: database.name,
      server: database.server,
      user: client.user,
      application: client.applicationName,
      host: client.hostName,
      library: client.libraryName,
      readOnlyIntent: client.readOnlyIntent,
      loginTime,
      requestBegan: this.#last.began.toISOString(),
      requestEnded: this.#last.ended.toISOString(),
      status: this.#running ? 'running' : 'sleeping',
      transactionCount: transaction.count,
      isolation: options.isolation,
      lockTimeout: options.lockTimeout,
      quotedIdentifier: isOn(options, 'QUOTED_IDENTIFIER'),
      ansiNulls: isOn(options, 'ANSI_NULLS'),
      ...(this.#running && {
        request: this.#running.text.slice(0, 1000),
        runningSince: this.#running.since,
      }),
    };
  }

  async #request(
    text: string,
    sink: ResponseSink,
    clientSignal: AbortSignal,
    work: (request: Request) => Promise<void>,
  ): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#last.began = new Date();
    this.#running = { text, since: Date.now(), done: promise };
    const signal = AbortSignal.any([clientSignal, this.#kill.signal]);
    const request: Request = { session: this.#state, sink, signal };
    try {
      if (this.#kill.signal.aborted) throw killed();
      const { faults } = this.#state.instance;
      await this.#run(request, async (running) => {
        const fault = faults.takeStatement(text, this.database);
        if (fault) throw fault;
        await work(running);
      });
    } finally {
      this.#state.tries = 0;
      this.#state.caught.length = 0;
      this.#state.nesting = 0;
      this.#running = undefined;
      this.#last.ended = new Date();
      if (this.#kill.signal.aborted) this.#state.reset(false);
      resolve();
    }
  }

  async #run(request: Request, work: (request: Request) => Promise<void>): Promise<void> {
    const { session, sink, signal } = request;
    try {
      await work(request);
    } catch (error) {
      if (error instanceof Ended) {
        // The client has been told.
      } else if (signal.aborted) {
        this.#interrupted(request);
        throw this.#kill.signal.aborted ? killed() : signal.reason;
      } else if (error instanceof SqlServerError) this.#report(request, error);
      else throw error;
    }
    if (session.transaction.doomed) {
      session.endTransaction(sink);
      const { number, severity, state, message } = errors.doomedAtEnd();
      sink.error(messageOf(request, newFrame(), number, severity, state, message, 1));
    }
  }

  /** An attention leaves the transaction open, unless XACT_ABORT is on. */
  #interrupted({ session, sink }: Request): void {
    if (session.options.xactAbort || session.transaction.doomed) session.endTransaction(sink);
  }

  /** An error outside any statement: syntax, or of a procedure called by RPC. */
  #report(request: Request, error: SqlServerError): void {
    const { session, sink } = request;
    session.lastError = error.number;
    const frame = newFrame({ procedure: error.procedure });
    sink.error(
      messageOf(
        request,
        frame,
        error.number,
        error.severity,
        error.state,
        error.message,
        error.line || 1,
      ),
    );
    const effect = effectOf(error);
    if (
      effect === 'batch' ||
      (session.options.xactAbort && effect !== 'scope' && raisedBy(error) !== 'raiserror')
    )
      session.endTransaction(sink);
  }
}
