/** Whatever a client sends: its own connection may be cut, nothing else is touched. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import sql from 'mssql';
import { readBulkLoad } from '../../src/tds/bulk.ts';
import { ProtocolError, UnsupportedError } from '../../src/tds/byte-reader.ts';
import { ByteWriter } from '../../src/tds/byte-writer.ts';
import { readLogin } from '../../src/tds/login.ts';
import { readPrelogin } from '../../src/tds/prelogin.ts';
import { readBatch, readRpc, readTransactionRequest } from '../../src/tds/request.ts';
import { codecFor } from '../../src/tds/types/declared.ts';
import { mssqlConfig, startEcho } from './echo-backend.ts';
import {
  batchBody,
  headers,
  loginBody,
  packet,
  preloginBody,
  RawClient,
  type,
} from './raw-client.ts';

const echo = await startEcho();
const bystander = new sql.ConnectionPool(mssqlConfig(echo.tds));
before(() => bystander.connect());
after(async () => {
  await bystander.close();
  await echo.tds.close();
});

const parameters = [
  ['int', 1],
  ['bigint', null],
  ['decimal(38, 10)', '-12.5'],
  ['money', '1.5'],
  ['float', 0.5],
  ['datetime2(7)', '2019-07-01T00:00:00.1234567'],
  ['datetimeoffset(3)', '2019-07-01T00:00:00.123+02:00'],
  ['datetime', '2019-07-01T00:00:00.997'],
  ['nvarchar(20)', 'жž'],
  ['varchar(max)', 'x'.repeat(100)],
  ['varbinary(max)', new Uint8Array(100)],
  ['uniqueidentifier', '6F9619FF-8B86-D011-B42D-00C04FC964FF'],
  ['xml', '<a/>'],
] as const;

function rpcBody(): Buffer {
  const writer = new ByteWriter();
  writer.bytes(headers);
  writer.longText('echo');
  writer.uint16(0);
  for (const [declared, value] of parameters) {
    writer.shortText('@p');
    writer.uint8(0);
    codecFor(declared).writeType(writer);
    codecFor(declared).write(writer, value);
  }
  return Buffer.from(writer.view());
}

function bulkBody(): Buffer {
  const writer = new ByteWriter();
  writer.uint8(0x81);
  writer.uint16(parameters.length);
  for (const [declared] of parameters) {
    writer.uint32(0);
    writer.uint16(9);
    codecFor(declared).writeType(writer);
    writer.shortText('column');
  }
  for (let row = 0; row < 3; row++) {
    writer.uint8(0xd1);
    for (const [declared, value] of parameters) {
      codecFor(declared).write(writer, value);
    }
  }
  writer.bytes(Buffer.from('fd000000000000000000000000', 'hex'));
  return Buffer.from(writer.view());
}

/** Some bytes of a good message made others, then perhaps its end cut off. */
function spoilt(good: Buffer): fc.Arbitrary<Buffer> {
  const change = fc.tuple(
    fc.nat(good.length - 1),
    fc.oneof(fc.constantFrom(0, 0x7f, 0x80, 0xff), fc.nat(255)),
  );
  return fc
    .tuple(fc.array(change, { maxLength: 6 }), fc.option(fc.nat(good.length)))
    .map(([changes, end]) => {
      const bytes = Buffer.from(good);
      for (const [at, value] of changes) {
        bytes[at] = value;
      }
      return bytes.subarray(0, end ?? bytes.length);
    });
}

async function readAllOfBulk(body: Buffer): Promise<void> {
  for await (const _row of readBulkLoad(body).rows) {
    // Reading is what is tried.
  }
}

const readers: [string, Buffer, (body: Buffer) => unknown][] = [
  ['PRELOGIN', preloginBody, readPrelogin],
  ['LOGIN7', loginBody(), readLogin],
  ['a batch', batchBody('select 1'), readBatch],
  ['a procedure call', rpcBody(), readRpc],
  ['a bulk load', bulkBody(), readAllOfBulk],
  [
    'a transaction request',
    Buffer.concat([headers, Buffer.from('070004610062000102066e006d006500', 'hex')]),
    readTransactionRequest,
  ],
];

for (const [name, good, read] of readers) {
  test(`${name}, spoilt, is read or refused as breaking the protocol`, async () => {
    await read(good);
    const bytes = fc.oneof(
      { arbitrary: spoilt(good), weight: 4 },
      {
        arbitrary: fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)),
        weight: 1,
      },
    );
    await fc.assert(
      fc.asyncProperty(bytes, async (body) => {
        try {
          await read(body);
        } catch (error) {
          assert.ok(
            error instanceof ProtocolError || error instanceof UnsupportedError,
            String(error),
          );
        }
      }),
      { numRuns: 2000 },
    );
  });
}

async function bystanderIsServed(): Promise<void> {
  const { recordset } = await bystander.request().batch('select [["a","int",1]]');
  assert.equal(recordset[0].a, 1);
}

test('random bytes in place of a login cut that connection only', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (bytes) => {
      const client = await RawClient.connect(t, echo.tds);
      client.socket.end(bytes);
      await client.closed;
    }),
    { numRuns: 100 },
  );
  await bystanderIsServed();
});

test('random bytes in place of a TLS handshake cut that connection only', async (t) => {
  const askForEncryption = Buffer.from(preloginBody);
  askForEncryption[askForEncryption.length - 1] = 1;
  const start = fc.constantFrom(Buffer.alloc(0), Buffer.from('160301', 'hex'));
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      start,
      fc.uint8Array({ maxLength: 300 }),
      async (wrapped, first, rest) => {
        const client = await RawClient.connect(t, echo.tds);
        client.send(type.prelogin, askForEncryption);
        await client.reply();
        const bytes = Buffer.concat([first, rest]);
        client.socket.end(wrapped ? packet(type.prelogin, bytes) : bytes);
        await client.closed;
      },
    ),
    { numRuns: 100 },
  );
  await bystanderIsServed();
});

for (const [name, packetType, good] of [
  ['batch', type.batch, batchBody('select [["a","int",1]]')],
  ['procedure call', type.rpc, rpcBody()],
  ['bulk load', type.bulkLoad, bulkBody()],
] as const) {
  test(`a spoilt ${name} is answered or its connection cut; the others are served`, async (t) => {
    await fc.assert(
      fc.asyncProperty(spoilt(good), async (body) => {
        const client = await RawClient.login(t, echo.tds);
        await client.reply();
        client.send(packetType, body);
        const reply = await client.reply();
        assert.ok(reply || client.socket.destroyed);
        await client.close();
      }),
      { numRuns: 100 },
    );
    await bystanderIsServed();
  });
}

for (const [name, bytes] of [
  ['a packet that says it has 0 bytes', packet(type.batch, batchBody('x'), 1, 0)],
  ['a packet that says it has 65535 bytes', packet(type.batch, batchBody('x'), 1, 65_535)],
  ['a message of an unknown type', packet(0x55, Buffer.alloc(10))],
  ['a second login', packet(type.login, loginBody())],
  ['headers of 4 GB', packet(type.batch, Buffer.from('ffffffff0000', 'hex'))],
  [
    'a value of 2^63 bytes',
    packet(
      type.rpc,
      Buffer.concat([
        headers,
        Buffer.from('0100780000000000a7ffff09040d2400ffffffffffffff7fffffff7f', 'hex'),
      ]),
    ),
  ],
] as const) {
  test(`${name} cuts the connection`, async (t) => {
    const client = await RawClient.login(t, echo.tds);
    await client.reply();
    client.socket.write(bytes);
    await client.closed;
    await bystanderIsServed();
  });
}

test('all sessions of cut connections are closed', async () => {
  await bystander.close();
  while (echo.tds.connections() > 0) {
    await new Promise(setImmediate);
  }
  assert.deepEqual(
    echo.backend.sessions.filter(({ closed }) => !closed),
    [],
  );
});
