/** SET. */

import { errors } from '../errors.ts';
import type { Statement } from '../syntax/ast.ts';
import type { IsolationLevel } from '../tds/backend.ts';
import { sqlType, types } from '../values/types.ts';
import { evaluateAs } from './evaluate.ts';
import { identityKey } from './insert.ts';
import { targetTable } from './output.ts';
import type { Frame, SessionState } from './state.ts';

const contextType = sqlType('varbinary', 128);

/** Options that change nothing here are kept, for whoever asks. */
export function setOption(
  session: SessionState,
  frame: Frame,
  statement: Extract<Statement, { kind: 'setOption' }>,
): void {
  const { value } = statement;
  if (statement.options[0] === 'IDENTITY_INSERT') {
    const key = identityKey(targetTable(session, frame, statement.options.slice(1)));
    session.options.identityInsert =
      value === 'ON'
        ? key
        : session.options.identityInsert === key
          ? ''
          : session.options.identityInsert;
    return;
  }
  if (statement.options[0] === 'CONTEXT_INFO') {
    const bytes = typeof value === 'string' ? null : evaluateAs(session, frame, value, contextType);
    // SQL Server pads it: what was shorter is read back with zeros to 128 bytes.
    const padded = new Uint8Array(128);
    if (bytes instanceof Uint8Array) padded.set(bytes);
    session.contextInfo = padded;
    return;
  }
  const given =
    typeof value === 'string' ? value : evaluateAs(session, frame, value, types.nvarchar4000);
  for (const option of statement.options) set(session, option, String(given ?? ''));
}

/**
 * What is read or computed otherwise, or not at all, when these have another value than a session
 * begins with; nothing of that is here, and going on as if it were would be a lie.
 */
const fixed: Readonly<Record<string, RegExp>> = {
  DATEFORMAT: /^mdy$/i,
  LANGUAGE: /^(us_english|english)$/i,
  ...{ FMTONLY: /^OFF$/, NOEXEC: /^OFF$/, PARSEONLY: /^OFF$/ },
  ...{ SHOWPLAN_ALL: /^OFF$/, SHOWPLAN_TEXT: /^OFF$/, SHOWPLAN_XML: /^OFF$/ },
};

function set({ options }: SessionState, option: string, value: string): void {
  if (fixed[option]?.test(value) === false) throw errors.invalidUse(`SET ${option} ${value}`);
  switch (option) {
    case 'NOCOUNT':
      options.noCount = value === 'ON';
      break;
    case 'XACT_ABORT':
      options.xactAbort = value === 'ON';
      break;
    case 'IMPLICIT_TRANSACTIONS':
      options.implicitTransactions = value === 'ON';
      break;
    case 'LOCK_TIMEOUT':
      options.lockTimeout = Number(value);
      break;
    case 'ROWCOUNT':
      options.rowCountLimit = Number(value);
      break;
    case 'DATEFIRST':
      options.dateFirst = Number(value);
      break;
    case 'LANGUAGE':
      options.language = value;
      break;
    case 'ISOLATION LEVEL':
      options.isolation = value as IsolationLevel;
      break;
    default:
      options.others.set(option, value);
  }
}
