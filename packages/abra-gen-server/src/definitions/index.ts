/** All dynamic SQLs of the connection, by id, in the order of their ids. */

import { countries } from './countries.ts';
import { issuedInvoices } from './issued-invoices.ts';
import { attendanceClosing, intrastatReceipts } from './others.ts';
import type { Definition } from './shape.ts';

export const definitions: ReadonlyMap<string, Definition> = new Map(
  [countries, issuedInvoices, intrastatReceipts, attendanceClosing]
    .sort((one, other) => (one.id < other.id ? -1 : 1))
    .map((definition) => [definition.id, definition]),
);

/** Reports by id, each with the dynamic SQL whose records it prints. */
export const reports: ReadonlyMap<string, Definition> = new Map([['W400000001', issuedInvoices]]);
