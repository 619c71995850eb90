import countries from '../../../catalog/dynsql/countries.json' with { type: 'json' };
import issuedInvoices from '../../../catalog/dynsql/flexibee-issued-invoices.json' with {
  type: 'json',
};
import payments from '../../../catalog/dynsql/payments.json' with { type: 'json' };
import personalAccounts from '../../../catalog/dynsql/personal-accounts.json' with { type: 'json' };
import turnover from '../../../catalog/dynsql/turnover-balance-sheets.json' with { type: 'json' };
import accountBalances from '../../../catalog/reports/account-balances.json' with { type: 'json' };
import accountCards from '../../../catalog/reports/account-cards.json' with { type: 'json' };
import printedInvoices from '../../../catalog/reports/issued-invoices.json' with { type: 'json' };
import printedTurnover from '../../../catalog/reports/turnover-balance-sheet.json' with {
  type: 'json',
};
import { type DynsqlCatalog, type DynsqlFile, makeDynsqlCatalog } from './catalog.ts';

const definitions = filesOf({
  'dynsql/countries.json': countries,
  'dynsql/flexibee-issued-invoices.json': issuedInvoices,
  'dynsql/payments.json': payments,
  'dynsql/personal-accounts.json': personalAccounts,
  'dynsql/turnover-balance-sheets.json': turnover,
});

const reports = filesOf({
  'reports/account-balances.json': accountBalances,
  'reports/account-cards.json': accountCards,
  'reports/issued-invoices.json': printedInvoices,
  'reports/turnover-balance-sheet.json': printedTurnover,
});

function filesOf(values: Readonly<Record<string, unknown>>): DynsqlFile[] {
  return Object.entries(values).map(([name, value]) => ({ name, json: () => value }));
}

let loaded: DynsqlCatalog | undefined;

/** `catalog/dynsql` and `catalog/reports`, which the bundle carries. Checked once, when asked for. */
export function shippedDynsql(): DynsqlCatalog {
  loaded ??= makeDynsqlCatalog({ definitions, reports }, 'catalog');
  return loaded;
}
