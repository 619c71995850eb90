import countries from '../../catalog/dynsql/countries.json' with { type: 'json' };
import issuedInvoices from '../../catalog/dynsql/flexibee-issued-invoices.json' with {
  type: 'json',
};
import payments from '../../catalog/dynsql/payments.json' with { type: 'json' };
import personalAccounts from '../../catalog/dynsql/personal-accounts.json' with { type: 'json' };
import turnover from '../../catalog/dynsql/turnover-balance-sheets.json' with { type: 'json' };
import { loadDefinition } from './load.ts';
import type { Definition } from './types.ts';

const files: Readonly<Record<string, unknown>> = {
  'countries.json': countries,
  'flexibee-issued-invoices.json': issuedInvoices,
  'payments.json': payments,
  'personal-accounts.json': personalAccounts,
  'turnover-balance-sheets.json': turnover,
};

let loaded: readonly Definition[] | undefined;

/** The definitions in `catalog/dynsql`, which the bundle carries. Checked once, when asked for. */
export function shippedDefinitions(): readonly Definition[] {
  loaded ??= Object.entries(files).map(([file, value]) =>
    loadDefinition(value, `catalog/dynsql/${file}`),
  );
  return loaded;
}
