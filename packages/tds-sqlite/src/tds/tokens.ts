/** The tokens of a response, MS-TDS 2.2.7. */

import type { Column, Message, Output } from './backend.ts';
import type { ByteWriter } from './byte-writer.ts';
import { writeCollation } from './collation.ts';
import type { Codec } from './types/codec.ts';

const token = {
  returnStatus: 0x79,
  columnMetadata: 0x81,
  error: 0xaa,
  info: 0xab,
  returnValue: 0xac,
  loginAcknowledgement: 0xad,
  federatedInfo: 0xee,
  featureAcknowledgement: 0xae,
  environmentChange: 0xe3,
} as const;
export const rowToken = 0xd1;

export const doneToken = { done: 0xfd, procedure: 0xfe, inProcedure: 0xff } as const;
export const doneStatus = { more: 0x01, error: 0x02, count: 0x10, attention: 0x20 } as const;
/** The statement's kind in a DONE: only that a result set came with it. */
export const selectCommand = 0xc1;

/** Text of a message that fits a token with room to spare; SQL Server itself cuts at 2047. */
const maximumMessageText = 16_000;

/** Writes a token whose two bytes of length are known only after its body. */
function sized(writer: ByteWriter, type: number, body: () => void): void {
  writer.uint8(type);
  const at = writer.reserve(2);
  body();
  writer.buffer.writeUInt16LE(writer.length - at - 2, at);
}

export function writeDone(
  writer: ByteWriter,
  done: { token: number; status: number; command?: number; rowCount?: number },
): void {
  writer.uint8(done.token);
  writer.uint16(done.status);
  writer.uint16(done.command ?? 0);
  writer.uint64(BigInt(done.rowCount ?? 0));
}

export function writeMessage(writer: ByteWriter, message: Message): void {
  sized(writer, message.severity > 10 ? token.error : token.info, () => {
    writer.int32(message.number);
    writer.uint8(message.state);
    writer.uint8(message.severity);
    writer.longText(message.text.slice(0, maximumMessageText));
    writer.shortText(message.server);
    writer.shortText(message.procedure ?? '');
    writer.uint32(message.line ?? 1);
  });
}

/** UserType, flags and type, as they stand in COLMETADATA and RETURNVALUE alike. */
function writeTypeOf(writer: ByteWriter, codec: Codec, nullable: boolean): void {
  const updatabilityUnknown = 0x08;
  writer.uint32(0);
  writer.uint16(updatabilityUnknown | (nullable ? 1 : 0));
  codec.writeType(writer);
}

export function writeColumns(
  writer: ByteWriter,
  columns: readonly Column[],
  codecs: readonly Codec[],
): void {
  writer.uint8(token.columnMetadata);
  writer.uint16(columns.length);
  for (const [index, codec] of codecs.entries()) {
    const column = columns[index];
    writeTypeOf(writer, codec, column?.nullable ?? true);
    writer.shortText(column?.name ?? '');
  }
}

export function writeReturnStatus(writer: ByteWriter, value: number): void {
  writer.uint8(token.returnStatus);
  writer.int32(value);
}

/** An output parameter; `ordinal` counts from 0. */
export function writeReturnValue(
  writer: ByteWriter,
  ordinal: number,
  output: Output,
  codec: Codec,
): void {
  const ofOutputParameter = 0x01;
  writer.uint8(token.returnValue);
  writer.uint16(ordinal);
  writer.shortText(output.name);
  writer.uint8(ofOutputParameter);
  writeTypeOf(writer, codec, output.nullable ?? true);
  codec.write(writer, output.value);
}

const environment = { database: 1, language: 2, packetSize: 4 } as const;

export function writeEnvironmentChange(
  writer: ByteWriter,
  change: keyof typeof environment,
  newValue: string,
  oldValue: string,
): void {
  sized(writer, token.environmentChange, () => {
    writer.uint8(environment[change]);
    writer.shortText(newValue);
    writer.shortText(oldValue);
  });
}

export function writeCollationChange(writer: ByteWriter): void {
  sized(writer, token.environmentChange, () => {
    writer.uint8(7);
    const length = writer.reserve(1);
    const start = writer.length;
    writeCollation(writer);
    writer.buffer[length] = writer.length - start;
    writer.uint8(0);
  });
}

const transactionChange = { begin: 8, commit: 9, rollback: 10 } as const;

export function writeTransactionChange(
  writer: ByteWriter,
  change: keyof typeof transactionChange,
  id: bigint,
): void {
  sized(writer, token.environmentChange, () => {
    writer.uint8(transactionChange[change]);
    if (change === 'begin') {
      writer.uint8(8);
      writer.uint64(id);
      writer.uint8(0);
    } else {
      writer.uint8(0);
      writer.uint8(8);
      writer.uint64(id);
    }
  });
}

/** Answers the RESETCONNECTION bit. */
export function writeResetAcknowledgement(writer: ByteWriter): void {
  sized(writer, token.environmentChange, () => {
    writer.uint8(18);
    writer.uint8(0);
    writer.uint8(0);
  });
}

export function writeLoginAcknowledgement(
  writer: ByteWriter,
  tdsVersion: number,
  version: { major: number; minor: number; build: number },
): void {
  const transactSql = 1;
  sized(writer, token.loginAcknowledgement, () => {
    writer.uint8(transactSql);
    // The one field whose bytes go from high to low.
    const at = writer.reserve(4);
    writer.buffer.writeUInt32BE(tdsVersion, at);
    writer.shortText('Microsoft SQL Server');
    writer.uint8(version.major);
    writer.uint8(version.minor);
    writer.uint8(version.build >> 8);
    writer.uint8(version.build & 0xff);
  });
}

/** The features of LOGIN7 that are answered: FEDAUTH and UTF8_SUPPORT. */
export function writeFeatureAcknowledgement(
  writer: ByteWriter,
  { utf8Support, federated }: { utf8Support: boolean; federated: boolean },
): void {
  const features: [id: number, data: number[]][] = [
    ...(federated ? [[0x02, []] satisfies [number, number[]]] : []),
    ...(utf8Support ? [[0x0a, [1]] satisfies [number, number[]]] : []),
  ];
  if (features.length === 0) return;
  writer.uint8(token.featureAcknowledgement);
  for (const [id, data] of features) {
    writer.uint8(id);
    writer.uint32(data.length);
    writer.bytes(Uint8Array.from(data));
  }
  writer.uint8(0xff);
}

/** FEDAUTHINFO, MS-TDS 2.2.7.12: who gives tokens, and what for. */
export function writeFederatedInfo(writer: ByteWriter): void {
  const infos = [
    [0x01, 'https://login.microsoftonline.com/common'],
    [0x02, 'https://database.windows.net/'],
  ] as const;
  const headSize = 4 + infos.length * 9;
  const texts = infos.map(([, text]) => Buffer.from(text, 'utf16le'));
  writer.uint8(token.federatedInfo);
  writer.uint32(headSize + texts.reduce((size, text) => size + text.length, 0));
  writer.uint32(infos.length);
  let offset = headSize;
  infos.forEach(([id], index) => {
    const size = texts[index]?.length ?? 0;
    writer.uint8(id);
    writer.uint32(size);
    writer.uint32(offset);
    offset += size;
  });
  for (const text of texts) writer.bytes(text);
}
