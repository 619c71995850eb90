import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** DER tags. */
const tag = {
  integer: 0x02,
  bitString: 0x03,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  sequence: 0x30,
  set: 0x31,
  explicit0: 0xa0,
} as const;

function der(type: number, ...content: Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const { length } = body;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Uint8Array.of(type, ...size), body]);
}

/** 2.5.4.3, commonName */
const commonName = der(tag.objectIdentifier, Uint8Array.of(0x55, 0x04, 0x03));
/** 1.2.840.10045.4.3.2, ecdsa-with-SHA256 */
const ecdsaWithSha256 = der(
  tag.sequence,
  der(tag.objectIdentifier, Uint8Array.of(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02)),
);

function utcTime(date: Date): Buffer {
  const text = date.toISOString().replace(/\D/g, '').slice(2, 14);
  return der(tag.utcTime, Buffer.from(`${text}Z`));
}

const day = 86_400_000;

/**
 * A key and a certificate signed by itself, valid from yesterday for a year: what SQL Server makes
 * at its start when it was given none, under the same name. Clients take it only when told to
 * trust any certificate.
 *
 * @param host another name, of a server that is no SQL Server
 */
export function selfSignedCertificate(host = 'SSL_Self_Signed_Fallback'): {
  key: KeyObject;
  cert: string;
} {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = der(
    tag.sequence,
    der(tag.set, der(tag.sequence, commonName, der(tag.utf8String, Buffer.from(host)))),
  );
  const now = Date.now();
  // The first byte keeps the number positive and not zero.
  const serial = Buffer.concat([Uint8Array.of(1), randomBytes(15)]);
  const version3 = der(tag.explicit0, der(tag.integer, Uint8Array.of(2)));
  const body = der(
    tag.sequence,
    version3,
    der(tag.integer, serial),
    ecdsaWithSha256,
    name,
    der(tag.sequence, utcTime(new Date(now - day)), utcTime(new Date(now + 364 * day))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  );
  const signature = sign('sha256', body, privateKey);
  const certificate = der(
    tag.sequence,
    body,
    ecdsaWithSha256,
    der(tag.bitString, Uint8Array.of(0), signature),
  );
  const lines = certificate.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    key: privateKey,
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
  };
}
