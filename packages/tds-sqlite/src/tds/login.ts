import type { LoginRequest } from './backend.ts';
import { ByteReader, ProtocolError } from './byte-reader.ts';
import { defaultPacketSize, maximumPacketSize, minimumPacketSize } from './packet.ts';

export interface Login extends LoginRequest {
  tdsVersion: number;
  packetSize: number;
  /** The client wants Windows authentication in place of a password. */
  integrated: boolean;
  /** The client will give an access token of Microsoft Entra when it is asked for. */
  federated: boolean;
  utf8Support: boolean;
}

/** 7.3A: older clients frame tokens otherwise and know no date, time or datetime2. */
export const oldestVersion = 0x730a0003;
const newestVersion = 0x74000004;

const feature = { federatedAuthentication: 0x02, utf8Support: 0x0a } as const;
const featuresEnd = 0xff;

/** Reads LOGIN7, MS-TDS 2.2.6.4. Throws a ProtocolError. */
export function readLogin(body: Buffer): Login {
  const reader = new ByteReader(body);
  const length = reader.uint32();
  if (length > body.length) {
    throw new ProtocolError(`LOGIN7 says ${length} bytes, but has ${body.length}`);
  }
  const tdsVersion = reader.uint32();
  const packetSize = reader.uint32();
  reader.bytes(12); // client's version, process and connection
  reader.uint8(); // option flags 1
  const integratedSecurity = (reader.uint8() & 0x80) !== 0;
  const readOnlyIntent = (reader.uint8() & 0x20) !== 0;
  const hasFeatures = (reader.uint8() & 0x10) !== 0;
  reader.bytes(8); // time zone and language

  const field = (): Buffer => section(body, reader.uint16(), reader.uint16() * 2);
  const text = (): string => field().toString('utf16le');
  const hostName = text();
  const user = text();
  const password = revealPassword(field());
  const applicationName = text();
  const serverName = text();
  const features = hasFeatures
    ? readFeatures(body, section(body, reader.uint16(), reader.uint16()))
    : new Set<number>();
  if (!hasFeatures) {
    reader.bytes(4);
  }
  const libraryName = text();
  const language = text();
  const database = text();

  return {
    user,
    password,
    database,
    applicationName,
    hostName,
    libraryName,
    serverName,
    language,
    tdsVersion: Math.min(tdsVersion, newestVersion),
    packetSize: negotiatedPacketSize(packetSize),
    readOnlyIntent,
    integrated: integratedSecurity,
    federated: features.has(feature.federatedAuthentication),
    utf8Support: features.has(feature.utf8Support),
  };
}

function section(body: Buffer, offset: number, size: number): Buffer {
  if (offset + size > body.length) {
    throw new ProtocolError(
      `LOGIN7 has ${body.length} bytes, but a field ends at ${offset + size}`,
    );
  }
  return body.subarray(offset, offset + size);
}

function negotiatedPacketSize(asked: number): number {
  return asked === 0
    ? defaultPacketSize
    : Math.min(Math.max(asked, minimumPacketSize), maximumPacketSize);
}

/** Reads the message that answers FEDAUTHINFO, MS-TDS 2.2.6.3. Throws a ProtocolError. */
export function readAccessToken(body: Buffer): string {
  const reader = new ByteReader(body);
  reader.uint32(); // of all that follows: a nonce may come after the token
  return reader.bytes(reader.uint32()).toString('utf16le');
}

/** Clients swap the halves of every byte and flip bits with 0xa5: no secrecy, only obscurity. */
function revealPassword(obscured: Buffer): string {
  const bytes = Buffer.from(
    obscured.map((byte) => {
      const flipped = byte ^ 0xa5;
      return ((flipped << 4) | (flipped >> 4)) & 0xff;
    }),
  );
  return bytes.toString('utf16le');
}

/** The ids in FeatureExt, to which `pointer` holds the offset. */
function readFeatures(body: Buffer, pointer: Buffer): Set<number> {
  const ids = new Set<number>();
  const offset = new ByteReader(pointer).uint32();
  const reader = new ByteReader(section(body, offset, Math.max(0, body.length - offset)));
  for (let id = reader.uint8(); id !== featuresEnd; id = reader.uint8()) {
    ids.add(id);
    reader.bytes(reader.uint32());
  }
  return ids;
}
