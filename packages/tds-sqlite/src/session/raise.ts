/** RAISERROR, THROW and PRINT. */

import { errors } from '../errors.ts';
import { SqlServerError, type SqlValue } from '../procedure.ts';
import type { Statement } from '../syntax/ast.ts';
import { types } from '../values/types.ts';
import { evaluate, evaluateAs } from './evaluate.ts';
import { raised } from './outcome.ts';
import type { Frame, Request } from './state.ts';

type Raiserror = Extract<Statement, { kind: 'raiserror' }>;
type Throw = Extract<Statement, { kind: 'throw' }>;

/** printf as RAISERROR knows it: %s %d %i %u %x %X %o, width, precision, flags, %%. */
export function formatMessage(template: string, args: SqlValue[]): string {
  let next = 0;
  return template.replace(
    /%(?:%|([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+))?(?:h|l|I64)?([diouxXs]))/g,
    (whole, flags: string, width: string, precision: string, kind: string) => {
      if (whole === '%%') return '%';
      const take = () => args[next++] ?? null;
      const wide = width === '*' ? Number(take()) : Number(width ?? 0);
      const exact =
        precision === '*'
          ? Number(take())
          : precision === undefined
            ? undefined
            : Number(precision);
      const value = take();
      if (value === null) return '(null)';
      let text: string;
      if (kind === 's') {
        if (typeof value === 'number' || typeof value === 'bigint')
          throw errors.raiserrorArgument(next);
        text = String(value).slice(0, exact);
      } else {
        if (typeof value !== 'number' && typeof value !== 'bigint')
          throw errors.raiserrorArgument(next);
        const number = BigInt(value);
        if (kind === 'x' || kind === 'X') text = BigInt.asUintN(32, number).toString(16);
        else if (kind === 'o') text = BigInt.asUintN(32, number).toString(8);
        else text = kind === 'u' ? BigInt.asUintN(32, number).toString() : number.toString();
        if (kind === 'X') text = text.toUpperCase();
        if (exact !== undefined) text = text.padStart(exact, '0');
        if (flags.includes('+') && number >= 0n && kind !== 'u') text = `+${text}`;
      }
      if (flags.includes('-')) return text.padEnd(wide);
      return text.padStart(wide, flags.includes('0') && kind !== 's' ? '0' : ' ');
    },
  );
}

/** Severity 10 and below informs; above it is an error. */
export function raiserror(request: Request, frame: Frame, statement: Raiserror): void {
  const { session, sink } = request;
  const message = evaluate(session, frame, statement.message);
  const severity = Number(evaluateAs(session, frame, statement.severity, types.int) ?? 0);
  const stateValue = Number(evaluateAs(session, frame, statement.state, types.int) ?? 1);
  const state = stateValue < 0 ? 1 : Math.min(stateValue, 255);
  const args = statement.args.map((node) => evaluate(session, frame, node).value);
  let number = 50000;
  let text: string;
  if (typeof message.value === 'number' || typeof message.value === 'bigint') {
    number = Number(message.value);
    if (number < 13000 || number === 50000) throw errors.raiserrorNumber(number);
    throw errors.raiserrorUnknown(number, severity, state);
  } else text = formatMessage(String(message.value ?? ''), args);
  if (text.length > 2047) text = `${text.slice(0, 2044)}...`;
  if (severity > 18 && !statement.options.includes('LOG')) throw errors.raiserrorSeverity();
  if (severity <= 10) {
    // Severities 1 to 9 reach the client; 10 is told as 0.
    sink.info(
      messageOf(
        request,
        frame,
        50000,
        Math.max(severity === 10 ? 0 : severity, 0),
        state,
        text,
        statement.line,
      ),
    );
    if (statement.options.includes('SETERROR')) session.lastError = number;
    return;
  }
  const details = {
    severity,
    state,
    line: statement.line,
    ...(frame.procedure !== undefined && { procedure: frame.procedure }),
  };
  throw raised(new SqlServerError(number, text, details), 'raiserror');
}

export function throwError(request: Request, frame: Frame, statement: Throw): never {
  const { session } = request;
  if (!statement.args) {
    const caught = session.caught.at(-1);
    if (!caught) throw errors.throwWithoutError();
    const { message, number, severity, state, procedure, line } = caught;
    throw raised(
      new SqlServerError(number, message, {
        severity,
        state,
        line,
        ...(procedure !== undefined && { procedure }),
      }),
      'throw',
    );
  }
  const [numberNode, messageNode, stateNode] = statement.args;
  const number = Number(evaluateAs(session, frame, numberNode, types.int));
  const message = String(evaluateAs(session, frame, messageNode, types.nvarcharMax) ?? '');
  const state = Number(evaluateAs(session, frame, stateNode, types.int));
  if (number < 50000) throw errors.throwNumber(number);
  const details = {
    severity: 16,
    state: Math.min(Math.max(state, 0), 255),
    line: statement.line,
    ...(frame.procedure !== undefined && { procedure: frame.procedure }),
  };
  throw raised(new SqlServerError(number, message.slice(0, 2048), details), 'throw');
}

export function print(
  request: Request,
  frame: Frame,
  statement: Extract<Statement, { kind: 'print' }>,
): void {
  const text = String(
    evaluateAs(request.session, frame, statement.value, types.nvarcharMax) ?? ' ',
  );
  request.sink.info(messageOf(request, frame, 0, 0, 1, text.slice(0, 4000) || ' ', statement.line));
}

export function messageOf(
  { session }: Request,
  frame: Frame,
  number: number,
  severity: number,
  state: number,
  text: string,
  line: number,
) {
  return {
    number,
    severity,
    state,
    text,
    server: session.database.server,
    line,
    ...(frame.procedure !== undefined && { procedure: frame.procedure }),
  };
}
