/** Faktury vydané: reconstructed from what the examples of ABRA's documentation use of it. */

import {
  type Alias,
  alias,
  condition,
  type Definition,
  fieldsOf,
  key,
  params,
  sql,
  system,
} from './shape.ts';
import { templates } from './templates.ts';

const invoice = 'O3BDOKTWEFD13ACM03KIU0CLP4';
const row = '4DZDHE3GYNDL3C5P00CA141B44';
const batch = 'OFTZQZNGWZD13ACM03KIU0CLP4';
const vat = 'CKZDHE3GYNDL3C5P00CA141B44';
const queue = 'G5CGJ0CJFJE13C5U00C0CFKT50';
const period = 'K1BDHE3GYNDL3C5P00CA141B44';
const firm = '4K3EXM5PQBCL35CH000ILPWJF4';
const currency = '4R5FINKNYNDL3C5P00CA141B44';
const card = 'C3V5QDVZ5BDL342M01C0CX3FCC';
const storeBatch = 'S0V5QDVZ5BDL342M01C0CX3FCC';
const vatRate = 'SV5FINKNYNDL3C5P00CA141B44';

const main = fieldsOf('A', invoice);
const joined = (letter: string, clsid: string, prefix: string, label: string) =>
  fieldsOf(letter, clsid, { prefix, label, from: 'A', column: `${prefix}_ID` });
const join = (letter: string, clsid: string, table: string, prefix: string, label: string): Alias =>
  alias(letter, clsid, {
    prefix,
    description: label,
    joinsql: `JOIN ${table} ${letter} ON ${letter}.ID=A.${prefix}_ID`,
  });
const ofQueue = joined('Q', queue, 'DocQueue', 'Řada dokladů');
const ofPeriod = joined('P', period, 'Period', 'Období');
const ofFirm = joined('F', firm, 'Firm', 'Firma');
const ofRow = fieldsOf('A', row);
const ofBatch = fieldsOf('A', batch);
const ofVat = fieldsOf('A', vat);

/** A dataset below another: rows whose `Parent_ID` is the master's id, in their own order. */
const below = (table: string) =>
  sql(
    'SELECT {FIELDS} FROM',
    ` ${table} A`,
    ' {JOIN}',
    'WHERE',
    ' A.Parent_ID=:ID',
    '{WHERE}',
    '{ORDERBY}',
  );

const declared = (column: string, names: Record<string, string>) =>
  params({
    FIELDNAME: column,
    NAMES: Object.values(names).join(';'),
    VALUES: Object.keys(names).join(';'),
  });

const completeKinds = { 0: 'Nevyplněno', 1: 'Vyplněno', 2: 'Nevyplňuje se' };

export const issuedInvoices: Definition = {
  id: '40SBPEINEFD13ACM03KIU0CLP4',
  name: 'Faktury vydané',
  datasets: [
    {
      name: 'MAIN',
      sql: sql('SELECT {FIELDS} FROM', ' IssuedInvoices A', ' {JOIN}', '{WHERE}', '{ORDERBY}'),
      master: '',
      displaylabel: 'Faktury vydané',
      masterfields: '',
      nationallocalization: '',
      fields: [
        main('ID', 'Vlastní ID', 'string(10)', { packedclsid: invoice }),
        main('ObjVersion', 'Verze objektu', 'integer'),
        main('DocQueue_ID', 'Řada dokladů', 'string(10)', { packedclsid: queue }),
        main('Period_ID', 'Období', 'string(10)', { packedclsid: period }),
        main('OrdNumber', 'Pořadové číslo', 'integer'),
        main('DocDate$DATE', 'Datum dokladu', 'date'),
        main('DueDate$DATE', 'Datum splatnosti', 'date'),
        main('CreatedAt$DATE', 'Vytvořeno', 'date'),
        main('Firm_ID', 'Firma', 'string(10)', { packedclsid: firm }),
        main('Currency_ID', 'Měna', 'string(10)', { packedclsid: currency }),
        main('Description', 'Popis', 'string(50)'),
        main('Amount', 'Celkem', 'float'),
        main('PaidAmount', 'Zaplaceno', 'float'),
        main('NotPaidAmount', 'Nezaplaceno', 'float', {
          expression: 'ROUND(A.Amount-A.PaidAmount,2) AS NotPaidAmount',
        }),
        main('SimplifiedVATDocument', 'Zjednodušený daňový doklad', 'boolean'),
        main('TradeType', 'Typ obchodu', 'integer'),
        main('IntrastatCompleteKind', 'Vyplněno pro INTRASTAT', 'integer'),
        main('ESLCompleteKind', 'Vyplněno pro ESL', 'integer'),
        ofQueue('Code', 'Kód', 'string(10)'),
        ofQueue('Name', 'Název', 'string(40)'),
        ofPeriod('Code', 'Kód', 'string(10)'),
        ofFirm('Code', 'Kód', 'string(10)'),
        ofFirm('Name', 'Název', 'string(60)'),
        ofFirm('OrgIdentNumber', 'IČO', 'string(20)'),
        joined('C', currency, 'Currency', 'Měna')('Code', 'Kód', 'string(5)'),
      ],
      aliases: [
        alias('A', invoice),
        join('Q', queue, 'DocQueues', 'DocQueue', 'Řada dokladů'),
        join('P', period, 'Periods', 'Period', 'Období'),
        join('F', firm, 'Firms', 'Firm', 'Firma'),
        join('C', currency, 'Currencies', 'Currency', 'Měna'),
      ],
    },
    {
      name: 'ROWS',
      sql: below('IssuedInvoices2'),
      master: 'MAIN',
      displaylabel: 'Řádky',
      masterfields: 'ID',
      nationallocalization: '',
      fields: [
        ofRow('ID', 'Vlastní ID', 'string(10)', { packedclsid: row }),
        ofRow('Parent_ID', 'Hlavička', 'string(10)', { packedclsid: invoice }),
        ofRow('PosIndex', 'Pořadí', 'integer'),
        ofRow('Text', 'Text', 'string(100)'),
        ofRow('StoreCard_ID', 'Skladová karta', 'string(10)', { packedclsid: card }),
        ofRow('Quantity', 'Množství', 'float'),
        ofRow('QUnit', 'Jednotka', 'string(5)'),
        ofRow('UnitRate', 'Vztah jednotky', 'float'),
        ofRow('TAmountWithoutVAT', 'Celkem bez daně', 'float'),
        ofRow('TAmount', 'Celkem', 'float'),
        joined('S', card, 'StoreCard', 'Skladová karta')('Code', 'Kód', 'string(40)'),
        joined('V', vatRate, 'VATRate', 'Sazba DPH')('Tariff', 'Sazba', 'float'),
      ],
      aliases: [
        alias('A', row),
        alias('S', card, {
          prefix: 'StoreCard',
          description: 'Skladová karta',
          joinsql: 'LEFT JOIN StoreCards S ON S.ID=A.StoreCard_ID',
        }),
        join('V', vatRate, 'VATRates', 'VATRate', 'Sazba DPH'),
      ],
    },
    {
      name: 'BATCHES',
      sql: below('DocRowBatches'),
      master: 'ROWS',
      displaylabel: 'Pohyby sériových čísel a šarží',
      masterfields: 'ID',
      nationallocalization: '',
      fields: [
        ofBatch('ID', 'Vlastní ID', 'string(10)', { packedclsid: batch }),
        ofBatch('Parent_ID', 'Řádek', 'string(10)', { packedclsid: row }),
        ofBatch('PosIndex', 'Pořadí', 'integer'),
        ofBatch('StoreBatch_ID', 'Šarže', 'string(10)', { packedclsid: storeBatch }),
        ofBatch('Quantity', 'Množství', 'float'),
        ofBatch('QUnit', 'Jednotka', 'string(5)'),
        ofBatch('UnitRate', 'Vztah jednotky', 'float'),
        joined('B', storeBatch, 'StoreBatch', 'Šarže')('Name', 'Název', 'string(40)'),
      ],
      aliases: [alias('A', batch), join('B', storeBatch, 'StoreBatches', 'StoreBatch', 'Šarže')],
    },
    {
      name: 'VATRates',
      sql: below('IssuedInvoicesVAT'),
      master: 'MAIN',
      displaylabel: 'Sumář DPH',
      masterfields: 'ID',
      nationallocalization: '',
      fields: [
        ofVat('ID', 'Vlastní ID', 'string(10)', { packedclsid: vat }),
        ofVat('Parent_ID', 'Hlavička', 'string(10)', { packedclsid: invoice }),
        ofVat('PosIndex', 'Pořadí', 'integer'),
        ofVat('VRVATUsageRowsCount', 'Počet řádků uplatnění DPH', 'integer'),
        ofVat('BaseAmount', 'Základ', 'float'),
        ofVat('VATAmount', 'Daň', 'float'),
        ofVat('Name', 'Název sazby', 'string(40)', { expression: 'V.Name AS Name' }),
        ofVat('Tariff', 'Sazba', 'float', { expression: 'V.Tariff AS Tariff' }),
      ],
      aliases: [alias('A', vat), join('V', vatRate, 'VATRates', 'VATRate', 'Sazba DPH')],
    },
  ],
  conditions: [
    condition('ID', templates.id, { params: params({ CLASSID: invoice }) }),
    condition('DocQueue_ID', templates.id, { params: params({ CLASSID: queue }) }),
    condition('Period_ID', templates.id, { params: params({ CLASSID: period }) }),
    condition('OrdNumber', templates.number, { datatype: 'ctInteger' }),
    condition('DocDate', templates.dates, {
      params: params({ FIELDNAME: 'DocDate$DATE' }),
      datatype: 'ctDateTime',
    }),
    condition('CreatedAt', templates.dates, {
      params: params({ FIELDNAME: 'CreatedAt$DATE' }),
      datatype: 'ctDateTime',
    }),
    condition('Firm_ID', templates.id, { params: params({ CLASSID: firm }) }),
    condition('Currency_ID', templates.id, { params: params({ CLASSID: currency }) }),
    condition('Description', templates.text, { description: 'Popis' }),
    condition('Amount', templates.number, { datatype: 'ctFloat' }),
    condition('SimplifiedVATDocument', templates.boolean, {
      description: 'Zjednodušený daňový doklad',
      datatype: 'ctBoolean',
    }),
    condition('TradeType', templates.subsetOf, {
      params: declared('TradeType', {
        1: 'Tuzemsko',
        2: 'Přenesená daňová povinnost',
        3: 'EU',
        5: 'Třetí země',
        9: 'Zvláštní režim',
      }),
      description: 'Typ obchodu',
      specialsubtype: 14,
    }),
    condition('IntrastatCompleteKind', templates.oneOf, {
      params: declared('IntrastatCompleteKind', completeKinds),
      description: 'Jen nevyplněné pro INTRASTAT',
      specialsubtype: 1,
    }),
    condition('ESLCompleteKind', templates.fixed, {
      params: params({ SPECIAL: 'A.ESLCompleteKind=0' }),
      description: 'Jen nevyplněné pro ESL',
      specialsubtype: 11,
    }),
    condition('Rows', templates.rows, {
      params: params({
        LINK: 'EXISTS (SELECT 1 FROM IssuedInvoices2 R WHERE R.Parent_ID=A.ID)',
        FLAG: 'WithDocumentsWithoutRows',
      }),
      description: 'Řádky',
    }),
    condition('StoreCard_ID', templates.id, {
      dataset: 'ROWS',
      params: params({ CLASSID: card }),
    }),
    condition('Text', templates.text, { dataset: 'ROWS' }),
  ],
  keys: [
    key('DocDate', 'A.DocDate$DATE', 'Datum dokladu'),
    key('OrdNumber', 'A.OrdNumber', 'Pořadové číslo'),
    key('Document', 'Q.Code Collate PXW_CSY {DIR},P.Code {DIR},A.OrdNumber', 'Číslo dokladu'),
    key('Firm', 'F.Name Collate PXW_CSY {DIR},A.Firm_ID', 'Firma'),
    key('Amount', 'A.Amount', 'Celkem'),
    key('PosIndex', 'A.PosIndex', 'Pořadí', 'ROWS'),
    key('Text', 'A.Text Collate PXW_CSY', 'Text', 'ROWS'),
    key('PosIndex', 'A.PosIndex', 'Pořadí', 'BATCHES'),
  ],
  ...system,
};
