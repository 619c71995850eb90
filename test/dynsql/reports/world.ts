/** A report of every feature, and what it is printed from. */

import { parseDefinition } from '../../../shared/dynsql/language/read-definition.ts';
import type { PrintJob } from '../../../shared/dynsql/reports/print-job.ts';
import { printReport } from '../../../shared/dynsql/reports/print-report.ts';
import { loadReport, type Report } from '../../../shared/dynsql/reports/report.ts';
import type { ReportRow } from '../../../shared/dynsql/reports/table.ts';
import { CatalogError } from '../../../shared/faults/catalog-error.ts';
import { edit, type Json, stepsOf } from '../../catalog/edited.ts';
import { type Pdf, readPdf } from './pdf.ts';

const fieldsOf = (fields: Record<string, string>) =>
  Object.entries(fields).map(([fieldname, datatype]) => ({
    expression: `A.${fieldname}`,
    fieldname,
    datatype,
  }));

const condition = (
  id: string,
  description: string,
  datatype: string,
  template: string,
  specialsubtype = 0,
) => {
  const params = specialsubtype === 0 ? `FIELD=${id}` : '';
  return {
    id,
    dataset: 'MAIN',
    description,
    datatype,
    specialsubtype,
    params,
    template,
    alias: 'A',
  };
};

export const definition = parseDefinition({
  id: 'TEST0000000000000000000001',
  name: 'Лицевые счета',
  timezone: 'Europe/Prague',
  datasets: [
    {
      name: 'MAIN',
      sql: 'SELECT {FIELDS} FROM a A {WHERE}',
      aliases: [{ alias: 'A' }],
      fields: fieldsOf({
        Source: 'dtString',
        Account: 'dtString',
        Owner: 'dtString',
        Period: 'dtDate',
        Balance: 'dtFloat',
        Rooms: 'dtInteger',
        Closed: 'dtBoolean',
        Changed$DATE: 'dtDateTime',
      }),
    },
    {
      name: 'Payments',
      master: 'MAIN',
      masterfields: 'Account',
      sql: 'SELECT {FIELDS} FROM p A WHERE A.account = :Account {WHERE}',
      aliases: [{ alias: 'A' }],
      fields: fieldsOf({ PaidOn: 'dtDate', Amount: 'dtFloat' }),
    },
    {
      name: 'Notes',
      master: 'Payments',
      masterfields: 'PaidOn',
      sql: 'SELECT {FIELDS} FROM n A WHERE A.paid_on = :PaidOn',
      fields: fieldsOf({ Text: 'dtString' }),
    },
  ],
  conditions: [
    condition('Period', 'Месяц', 'ctDate', 'DATE'),
    condition('Owner', 'Владелец', 'ctString', 'TEXT'),
    condition('Account', 'Счёт', 'ctString', 'TEXT'),
    condition('Balance', 'Сальдо', 'ctFloat', 'AMOUNT'),
    condition('Kind', '', 'ctString', 'KIND', 14),
    condition('Closed', 'Закрыт', 'ctBoolean', 'FLAG'),
    condition('Rooms', 'Комнат', 'ctString', 'COUNT'),
    condition('At', '', 'ctString', 'CLOCK'),
    { ...condition('PaidOn', 'Оплачено', 'ctDate', 'DATE'), dataset: 'Payments' },
  ],
  keys: [{ id: 'Source', sql: 'A.Source', dataset: 'MAIN' }],
  templates: {
    DATE: { type: 'date', range: 'A.{FIELD} >= {FROM} AND A.{FIELD} < {TO}' },
    TEXT: { type: 'nvarchar(40)', pattern: 'A.{FIELD} LIKE {VALUE}', list: 'A.{FIELD} IN {LIST}' },
    AMOUNT: { type: 'decimal(12, 2)', range: 'A.{FIELD} BETWEEN {FROM} AND {TO}' },
    KIND: {
      values: [
        { value: '1', name: 'Долг', sql: 'A.Balance > 0' },
        { value: '3', name: 'Переплата', sql: 'A.Balance < 0' },
      ],
    },
    COUNT: {
      type: 'int',
      range: 'A.{FIELD} BETWEEN {FROM} AND {TO}',
      list: 'A.{FIELD} IN {LIST}',
    },
    CLOCK: { type: 'time(0)', range: 'A.{FIELD} BETWEEN {FROM} AND {TO}' },
    FLAG: { true: 'A.{FIELD} = 1', false: 'A.{FIELD} = 0' },
  },
});

export const layoutJson = (): Json => ({
  id: 'W400000001',
  title: 'Лицевые счета',
  definition: definition.id,
  language: 'ru',
  header: { left: '{title}', right: '{printed}' },
  table: {
    dataset: 'MAIN',
    orderby: [{ id: 'Source' }],
    columns: [
      { field: 'Account', caption: 'Счёт', width: 30 },
      { field: 'Owner', caption: 'Владелец', width: 60 },
      { field: 'Balance', caption: 'Сальдо', width: 30, format: 'decimal', sum: true },
    ],
    groups: [
      { fields: ['Period'], header: '{Period:month}', footer: 'Итого за {Period:month}' },
      { fields: ['Source'], header: 'Источник {Source}', footer: 'Итого по {Source}' },
    ],
    total: 'Всего',
    details: [
      {
        dataset: 'payments',
        columns: [
          { field: 'PaidOn', caption: 'Дата', width: 30, format: 'date' },
          { field: 'Amount', caption: 'Оплачено', width: 30, format: 'decimal', sum: true },
        ],
        total: 'Вместе',
        details: [
          { dataset: 'Notes', columns: [{ field: 'Text', caption: 'Заметка', width: 60 }] },
        ],
      },
    ],
  },
});

/** The layout with some of its places changed; undefined takes away what is there. */
export function reportWith(edits: Record<string, Json | undefined> = {}): Report {
  const json = layoutJson();
  for (const [path, value] of Object.entries(edits)) edit(json, stepsOf(path), value);
  return loadReport(json, [definition]);
}

export function faultsOf(load: () => unknown): string[] {
  try {
    load();
    return [];
  } catch (error) {
    if (error instanceof CatalogError) return error.faults;
    throw error;
  }
}

export const row = (index: number, members: Partial<ReportRow> = {}): ReportRow => ({
  ACCOUNT: `0c10-${String(index).padStart(7, '0')}`,
  OWNER: `Иванов ${index}`,
  PERIOD: '2019-07-01',
  SOURCE: '0c10',
  BALANCE: index / 100,
  ...members,
});

export async function* rowsOf(rows: readonly ReportRow[]): AsyncGenerator<ReportRow> {
  yield* rows;
}

export const printed: PrintJob = { printed: new Date('2024-03-05T12:34:56Z'), user: 'ekonom' };
export const never = new AbortController().signal;

export async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

export async function pdfOf(
  report: Report,
  rows: readonly ReportRow[],
  job: Partial<PrintJob> = {},
): Promise<Pdf> {
  const whole = { ...printed, ...job };
  return readPdf(await bytesOf(printReport(report, rowsOf(rows), whole, never)));
}
