/** What the control interface can do. */

import { observedRoutes, ok, parse, Refusal, type Route } from 'stand-in-kit';
import { z } from 'zod';
import type { Instance } from './http/handler.ts';

const invoiceSchema = z.strictObject({
  Description: z.string().max(50).optional(),
  PaidAmount: z.number().min(0).optional(),
});

export const controlRoutes: readonly Route<Instance>[] = [
  ...observedRoutes('"kind"?: "exec" or ["list", …]'),
  {
    method: 'PUT',
    path: '/invoices/<id>',
    help: '{"Description"?: "…", "PaidAmount"?: 100}: changes an issued invoice',
    run: ({ database }, { parts: [id = ''], body }) => {
      const { Description = null, PaidAmount = null } = parse(invoiceSchema, body);
      const { changes } = database
        .prepare(
          `UPDATE IssuedInvoices SET Description = coalesce(?, Description),
            PaidAmount = coalesce(?, PaidAmount), ObjVersion = ObjVersion + 1 WHERE ID = ?`,
        )
        .run(Description, PaidAmount, id);
      if (changes === 0) throw new Refusal(404, `there is no invoice ${id}`);
      return ok;
    },
  },
];
