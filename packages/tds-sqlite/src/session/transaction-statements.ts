/** BEGIN, COMMIT, ROLLBACK and SAVE TRANSACTION, from T-SQL and from the wire. */

import type { Statement } from '../syntax/ast.ts';
import type { IsolationLevel, ResponseSink, TransactionRequest } from '../tds/backend.ts';
import { types } from '../values/types.ts';
import { evaluateAs } from './evaluate.ts';
import type { Frame, Request, SessionState } from './state.ts';

type TransactionStatement = Extract<Statement, { kind: 'begin' | 'commit' | 'rollback' | 'save' }>;

export function transactionStatement(
  { session, sink }: Request,
  frame: Frame,
  statement: TransactionStatement,
): void {
  const { name } = statement;
  const text =
    name === undefined || typeof name === 'string'
      ? (name ?? '')
      : String(evaluateAs(session, frame, name, types.sysname) ?? '');
  if (statement.kind === 'begin') begin(session, sink, text);
  else if (statement.kind === 'commit') commit(session, sink);
  else if (statement.kind === 'save') session.transaction.save(text);
  else rollback(session, sink, text);
}

/** The transaction manager's requests of drivers. */
export function runTransactionRequest(
  session: SessionState,
  sink: ResponseSink,
  request: TransactionRequest,
): void {
  switch (request.kind) {
    case 'begin':
      setIsolation(session, request.isolationLevel);
      begin(session, sink, request.name);
      return;
    case 'save':
      session.transaction.save(request.name);
      return;
    case 'commit':
      commit(session, sink);
      break;
    case 'rollback':
      rollback(session, sink, request.name);
  }
  if (request.begin) {
    setIsolation(session, request.begin.isolationLevel);
    begin(session, sink, request.begin.name);
  }
}

function setIsolation(session: SessionState, level: IsolationLevel | undefined): void {
  if (level) session.options.isolation = level;
}

export function begin(session: SessionState, sink: ResponseSink, name = ''): void {
  if (session.transaction.begin(name)) sink.transaction('begin', session.transaction.id);
}

export function commit(session: SessionState, sink: ResponseSink): void {
  const { id } = session.transaction;
  if (!session.transaction.commit()) return;
  session.instance.appLocks.releaseAll(session, ['Transaction']);
  sink.transaction('commit', id);
}

export function rollback(session: SessionState, sink: ResponseSink, name = ''): void {
  const { id } = session.transaction;
  if (!session.transaction.rollback(name)) return;
  session.instance.appLocks.releaseAll(session, ['Transaction']);
  sink.transaction('rollback', id);
}
