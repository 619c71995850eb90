/** Who asks, what he may do, and how he could sign in. */

import { z } from 'zod';
import { askerMembers } from '../../shared/audit/asker.ts';
import { roles } from '../../shared/settings/settings.ts';

const signInSchema = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('token') }),
    z.object({
      kind: z.literal('entra'),
      address: z
        .string()
        .meta({ description: 'The issuer; OpenID Connect Discovery has the rest' }),
      clientId: z.string(),
    }),
    z.object({
      kind: z.literal('platform'),
      address: z.string().meta({ description: 'A path of this app that signs in, by a cookie' }),
      signOut: z.string().meta({ description: 'A path of this app that signs out' }),
    }),
  ])
  .meta({ id: 'SignIn', description: 'How one becomes known, beside API tokens' });

const rightsMembers = {
  roles: z.array(z.enum(roles)),
  codes: z
    .array(z.string())
    .meta({ description: 'Data sources that may be touched and seen; `*` for all' }),
  connections: z.array(z.string()).meta({ description: 'What dynsql may ask; `*` for all' }),
};

const knownSchema = z.object({
  name: z
    .string()
    .meta({ description: 'Of the API token, or of the account; in runs and the audit as `token`' }),
  principal: askerMembers.principal,
  ...rightsMembers,
  rights: z.array(z.object(rightsMembers).meta({ id: 'Rights' })).meta({
    description:
      'The same apart, as an account may have several app roles: a role holds for the data sources and connections beside it',
  }),
  expires: z.string().exactOptional().meta({
    description:
      'Of an API token, its first instant without it: a moment with its zone, or a day (UTC)',
  }),
});

export const meSchema = z
  .object({ ...knownSchema.partial().shape, signIn: signInSchema })
  .meta({ id: 'Me', description: 'Of whoever is not known, `signIn` alone' });
