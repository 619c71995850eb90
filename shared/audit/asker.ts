/** Who asked, as runs, the audit and whatever else people change have it. */

import { z } from 'zod';

/** Members of everything that says who asked. */
export const askerMembers = {
  token: z.string().meta({
    description:
      'The name of the API token, never its value; or the name of the account that was signed in',
  }),
  principal: z.string().exactOptional().meta({
    description:
      'Of an account: its object id in Microsoft Entra ID, which stays where names change; absent of a token',
  }),
};

export interface Asker {
  token: string;
  principal?: string;
}

export function askerOf({ name, principal }: { name: string; principal?: string }): Asker {
  return { token: name, ...(principal !== undefined && { principal }) };
}

/** Of something that says who asked. */
export function askerIn({ token, principal }: Asker): Asker {
  return { token, ...(principal !== undefined && { principal }) };
}
