/** The shape of the connections that dynsql can ask. */

import { z } from 'zod';
import { notOneOf } from '../faults/catalog-error.ts';
import { fields, matching } from '../faults/field.ts';
import { besideOwnPaths, reservedSegments } from './own-paths.ts';

/** `database`: one of ours, asked by our definitions; `abra-gen`: a connection of a server. */
export const connectionKinds = ['database', 'abra-gen'] as const;

interface Leaves<Text extends z.ZodType<string>> {
  id: Text;
  description: Text;
  guess: z.ZodOptional<Text>;
  /** Name of a setting. */
  setting: Text;
  knownServer: Text;
  database: Text;
}

const kindOf = (input: unknown): unknown =>
  typeof input === 'object' && input !== null ? Reflect.get(input, 'kind') : input;

/** @param leaves of the catalogue's schema, with the names it declares */
export function connectionSchema<Text extends z.ZodType<string>>(leaves: Leaves<Text>) {
  const { description, guess, setting, knownServer, database } = leaves;
  const common = {
    id: besideOwnPaths(leaves.id, 'an id of a connection', reservedSegments),
    description: description.optional(),
    guess,
  };
  return z.discriminatedUnion(
    'kind',
    [
      fields('a connection to a database', { ...common, kind: z.literal('database'), database }),
      fields('a connection to ABRA Gen', {
        ...common,
        kind: z.literal('abra-gen'),
        server: knownServer,
        connection: setting,
        name: matching(
          /^[\p{L}\p{N}_][\p{L}\p{N}_ .-]{0,62}$/u,
          'the name of a connection',
          'use it as in the paths of ABRA Gen: 1 to 63 letters, digits, _, -, . and blanks',
        ),
      }),
    ],
    { error: ({ input }) => notOneOf(kindOf(input), 'a kind of connection', connectionKinds) },
  );
}
