/** JSON, identifiers and odds and ends. */

import { createHash, randomUUID } from 'node:crypto';
import { type SqlType, sqlType, types } from '../values/types.ts';
import type { ScalarFunction } from './definition.ts';
import { isJson, jsonModify, jsonQuery, jsonValue } from './json.ts';

export const otherFunctions: Record<string, ScalarFunction> = {
  NEWID: {
    parameters: [],
    volatile: true,
    type: () => types.uniqueidentifier,
    run: () => randomUUID().toUpperCase(),
  },
  NEWSEQUENTIALID: {
    parameters: [],
    volatile: true,
    type: () => types.uniqueidentifier,
    run: () => randomUUID().toUpperCase(),
  },
  JSON_VALUE: { parameters: ['text', 'text'], type: () => types.nvarchar4000, run: jsonValue },
  JSON_QUERY: {
    parameters: ['text', 'text'],
    optional: 1,
    type: () => types.nvarcharMax,
    run: (text: string, path = '$') => jsonQuery(text, path),
  },
  ISJSON: {
    parameters: ['text'],
    type: () => types.int,
    run: (text: string) => (isJson(text) ? 1 : 0),
  },
  JSON_MODIFY: {
    parameters: ['text', 'text', 'any'],
    nulls: 'passed',
    type: () => types.nvarcharMax,
    run: (text: string | null, path: string | null, value: string | number | boolean | null) =>
      text === null || path === null
        ? null
        : jsonModify(text, path, typeof value === 'bigint' ? Number(value) : value, false),
  },
  HASHBYTES: {
    parameters: ['text', 'any'],
    type: () => sqlType('varbinary', 8000),
    run: (algorithm: string, value: unknown, type: SqlType) => {
      const names: Record<string, string> = {
        MD5: 'md5',
        SHA: 'sha1',
        SHA1: 'sha1',
        SHA2_256: 'sha256',
        SHA2_512: 'sha512',
      };
      const name = names[algorithm.toUpperCase()];
      if (!name) return null;
      const bytes =
        value instanceof Uint8Array
          ? value
          : Buffer.from(String(value), type.name.startsWith('n') ? 'utf16le' : 'utf8');
      return createHash(name).update(bytes).digest();
    },
  },
  CHECKSUM: {
    parameters: ['any'],
    variadic: true,
    nulls: 'passed',
    type: () => types.int,
    run: (...args: unknown[]) =>
      createHash('md5')
        .update(
          args
            .map((value) => (typeof value === 'object' ? '' : String(value)))
            .join('\u0001')
            .toLowerCase(),
        )
        .digest()
        .readInt32LE(0),
  },
};
