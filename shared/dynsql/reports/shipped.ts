import accountBalances from '../../../catalog/reports/account-balances.json' with { type: 'json' };
import accountCards from '../../../catalog/reports/account-cards.json' with { type: 'json' };
import issuedInvoices from '../../../catalog/reports/issued-invoices.json' with { type: 'json' };
import turnover from '../../../catalog/reports/turnover-balance-sheet.json' with { type: 'json' };
import { shippedDefinitions } from '../shipped.ts';
import { loadReport, type Report } from './report.ts';

const files: Readonly<Record<string, unknown>> = {
  'account-balances.json': accountBalances,
  'account-cards.json': accountCards,
  'issued-invoices.json': issuedInvoices,
  'turnover-balance-sheet.json': turnover,
};

let loaded: readonly Report[] | undefined;

/** The reports in `catalog/reports`, which the bundle carries. Checked once, when asked for. */
export function shippedReports(): readonly Report[] {
  loaded ??= Object.entries(files).map(([file, value]) =>
    loadReport(value, shippedDefinitions(), `catalog/reports/${file}`),
  );
  return loaded;
}
