/** How somebody who is not known can become so, beside API tokens. */

import { z } from 'zod';

export const signInOfferSchema = z
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
  .meta({ id: 'SignIn', description: 'How one becomes known; `token`: by API tokens alone' });
export type SignInOffer = z.infer<typeof signInOfferSchema>;
