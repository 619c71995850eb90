/** The bodies of a client's requests, MS-TDS 2.2.6. Readers throw ProtocolError. */

import type { IsolationLevel, RpcCall, RpcParameter, TransactionRequest } from './backend.ts';
import { ByteReader, ProtocolError, UnsupportedError } from './byte-reader.ts';
import { readType } from './types/type-info.ts';

/**
 * ALL_HEADERS before every request. They name the transaction and how many requests run, which a
 * session that serves one request at a time knows itself.
 */
function skipHeaders(reader: ByteReader): void {
  const total = reader.uint32();
  let left = total - 4;
  while (left > 0) {
    const length = reader.uint32();
    if (length < 6 || length > left) {
      throw new ProtocolError(`a header of ${length} bytes where ${left} are left`);
    }
    reader.bytes(length - 4);
    left -= length;
  }
  if (left !== 0) {
    throw new ProtocolError(`headers of ${total} bytes`);
  }
}

export function readBatch(body: Buffer): string {
  const reader = new ByteReader(body);
  skipHeaders(reader);
  if (reader.remaining % 2 !== 0) {
    throw new ProtocolError(`a batch of ${reader.remaining} bytes, which is no UTF-16`);
  }
  return reader.utf16(reader.remaining / 2);
}

/** By ProcID, MS-TDS 2.2.6.6. */
const wellKnownProcedures = [
  undefined,
  'sp_cursor',
  'sp_cursoropen',
  'sp_cursorprepare',
  'sp_cursorexecute',
  'sp_cursorprepexec',
  'sp_cursorunprepare',
  'sp_cursorfetch',
  'sp_cursoroption',
  'sp_cursorclose',
  'sp_executesql',
  'sp_prepare',
  'sp_execute',
  'sp_prepexec',
  'sp_prepexecrpc',
  'sp_unprepare',
] as const;
const byId = 0xffff;
/** Between two calls of one message. No call may follow here. */
const separators: ReadonlySet<number> = new Set([0x80, 0xff, 0xfe]);

export function readRpc(body: Buffer): RpcCall {
  const reader = new ByteReader(body);
  skipHeaders(reader);
  const procedure = readProcedure(reader);
  reader.uint16(); // option flags: recompile, no metadata, reuse metadata
  const parameters: RpcParameter[] = [];
  while (reader.remaining > 0) {
    if (separators.has(reader.peekUint8())) {
      reader.uint8();
      if (reader.remaining > 0) {
        throw new UnsupportedError('several procedure calls in one message');
      }
      break;
    }
    parameters.push(readParameter(reader));
  }
  return { procedure, parameters };
}

function readProcedure(reader: ByteReader): string {
  const length = reader.uint16();
  if (length !== byId) {
    return reader.utf16(length);
  }
  const id = reader.uint16();
  const name = wellKnownProcedures[id];
  if (!name) {
    throw new ProtocolError(`${id} is not the id of a procedure`);
  }
  return name;
}

function readParameter(reader: ByteReader): RpcParameter {
  const name = reader.shortText();
  const status = reader.uint8();
  if (status & 0x08) {
    throw new UnsupportedError('encrypted parameters');
  }
  const codec = readType(reader);
  const value = codec.read(reader);
  return {
    name,
    type: codec.declared,
    value,
    output: (status & 0x01) !== 0,
    isDefault: (status & 0x02) !== 0,
  };
}

const isolationLevels: (IsolationLevel | undefined)[] = [
  undefined,
  'read uncommitted',
  'read committed',
  'repeatable read',
  'serializable',
  'snapshot',
];
const transactionKind = { begin: 5, commit: 7, rollback: 8, save: 9 } as const;

export function readTransactionRequest(body: Buffer): TransactionRequest {
  const reader = new ByteReader(body);
  skipHeaders(reader);
  const kind = reader.uint16();
  switch (kind) {
    case transactionKind.begin:
      return { kind: 'begin', ...readBegin(reader) };
    case transactionKind.commit:
      return { kind: 'commit', name: readName(reader), ...readNext(reader) };
    case transactionKind.rollback:
      return { kind: 'rollback', name: readName(reader), ...readNext(reader) };
    case transactionKind.save:
      return { kind: 'save', name: readName(reader) };
    default:
      throw new UnsupportedError(`transaction request ${kind} (distributed transactions)`);
  }
}

function readBegin(reader: ByteReader): { name: string; isolationLevel?: IsolationLevel } {
  const level = reader.uint8();
  if (level >= isolationLevels.length) {
    throw new ProtocolError(`${level} is not an isolation level`);
  }
  const isolationLevel = isolationLevels[level];
  const name = readName(reader);
  return isolationLevel ? { name, isolationLevel } : { name };
}

function readName(reader: ByteReader): string {
  return reader.bytes(reader.uint8()).toString('utf16le');
}

function readNext(reader: ByteReader): { begin?: ReturnType<typeof readBegin> } {
  const beginsNext = (reader.uint8() & 0x01) !== 0;
  return beginsNext ? { begin: readBegin(reader) } : {};
}
