/** What `catalog/dynsql` and `catalog/reports` say, checked. A bundle has its outcome in place of this module. */

import countries from '../../../catalog/dynsql/countries.json' with { type: 'json' };
import addresses from '../../../catalog/dynsql/flexibee-addresses.json' with { type: 'json' };
import bank from '../../../catalog/dynsql/flexibee-bank.json' with { type: 'json' };
import bankRows from '../../../catalog/dynsql/flexibee-bank-rows.json' with { type: 'json' };
import cash from '../../../catalog/dynsql/flexibee-cash.json' with { type: 'json' };
import contacts from '../../../catalog/dynsql/flexibee-contacts.json' with { type: 'json' };
import contractRows from '../../../catalog/dynsql/flexibee-contract-rows.json' with {
  type: 'json',
};
import contracts from '../../../catalog/dynsql/flexibee-contracts.json' with { type: 'json' };
import invoiceRows from '../../../catalog/dynsql/flexibee-invoice-rows.json' with { type: 'json' };
import issuedInvoices from '../../../catalog/dynsql/flexibee-issued-invoices.json' with {
  type: 'json',
};
import pairings from '../../../catalog/dynsql/flexibee-pairings.json' with { type: 'json' };
import priceList from '../../../catalog/dynsql/flexibee-price-list.json' with { type: 'json' };
import receivedInvoices from '../../../catalog/dynsql/flexibee-received-invoices.json' with {
  type: 'json',
};
import receivedOrders from '../../../catalog/dynsql/flexibee-received-orders.json' with {
  type: 'json',
};
import settings from '../../../catalog/dynsql/flexibee-settings.json' with { type: 'json' };
import payments from '../../../catalog/dynsql/payments.json' with { type: 'json' };
import personalAccounts from '../../../catalog/dynsql/personal-accounts.json' with { type: 'json' };
import turnover from '../../../catalog/dynsql/turnover-balance-sheets.json' with { type: 'json' };
import accountBalances from '../../../catalog/reports/account-balances.json' with { type: 'json' };
import accountCards from '../../../catalog/reports/account-cards.json' with { type: 'json' };
import printedInvoices from '../../../catalog/reports/issued-invoices.json' with { type: 'json' };
import printedTurnover from '../../../catalog/reports/turnover-balance-sheet.json' with {
  type: 'json',
};
import type { LayoutDocument } from '../reports/layout.ts';
import type { DefinitionDocument } from './definition.ts';
import { type DynsqlFile, makeDynsqlCatalog } from './dynsql-catalog.ts';

const definitions = filesOf({
  'dynsql/countries.json': countries,
  'dynsql/flexibee-addresses.json': addresses,
  'dynsql/flexibee-bank.json': bank,
  'dynsql/flexibee-bank-rows.json': bankRows,
  'dynsql/flexibee-cash.json': cash,
  'dynsql/flexibee-contacts.json': contacts,
  'dynsql/flexibee-contract-rows.json': contractRows,
  'dynsql/flexibee-contracts.json': contracts,
  'dynsql/flexibee-invoice-rows.json': invoiceRows,
  'dynsql/flexibee-issued-invoices.json': issuedInvoices,
  'dynsql/flexibee-pairings.json': pairings,
  'dynsql/flexibee-price-list.json': priceList,
  'dynsql/flexibee-received-invoices.json': receivedInvoices,
  'dynsql/flexibee-received-orders.json': receivedOrders,
  'dynsql/flexibee-settings.json': settings,
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

/** What a catalogue of dynsql is made of, once everything in it has been checked. */
export interface CheckedDynsql {
  readonly revision: string;
  readonly definitions: readonly DefinitionDocument[];
  /** Each of one of `definitions`. */
  readonly reports: readonly LayoutDocument[];
}

export function shippedDocuments(): CheckedDynsql {
  const made = makeDynsqlCatalog({ definitions, reports }, 'catalog');
  return {
    revision: made.revision,
    definitions: made.definitions.map(({ document }) => document),
    reports: made.reports.map(({ layout }) => layout),
  };
}
