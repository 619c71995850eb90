/** Those that ABRA's list names and its documentation does not show: small ones of our own. */

import { alias, condition, type Definition, fieldsOf, key, params, sql, system } from './shape.ts';
import { templates } from './templates.ts';

const receipt = 'I012IW1H1BH4X24ZFUJKXGA5US';
const attendance = 'D15XY0ZAXLO10IB1GALYIP1XK0';
const employee = 'E15XY0ZAXLO10IB1GALYIP1XK0';

const ofReceipt = fieldsOf('A', receipt);
const ofAttendance = fieldsOf('A', attendance);
const ofEmployee = fieldsOf('E', employee, {
  prefix: 'Employee',
  label: 'Pracovník',
  from: 'A',
  column: 'Employee_ID',
});

export const intrastatReceipts: Definition = {
  id: '0012IW1H1BH4X24ZFUJKXGA5US',
  name: 'INTRASTAT - Přijetí',
  datasets: [
    {
      name: 'MAIN',
      sql: sql('SELECT {FIELDS} FROM', ' IntrastatReceipts A', ' {JOIN}', '{WHERE}', '{ORDERBY}'),
      master: '',
      displaylabel: 'INTRASTAT - Přijetí',
      masterfields: '',
      nationallocalization: '',
      fields: [
        ofReceipt('ID', 'Vlastní ID', 'string(10)', { packedclsid: receipt }),
        ofReceipt('DocDate$DATE', 'Datum dokladu', 'date'),
        ofReceipt('CommodityCode', 'Kód zboží', 'string(8)'),
        ofReceipt('CountryOfOrigin', 'Země původu', 'string(2)'),
        ofReceipt('Weight', 'Vlastní hmotnost', 'float'),
        ofReceipt('InvoicedAmount', 'Fakturovaná částka', 'integer'),
      ],
      aliases: [alias('A', receipt)],
    },
  ],
  conditions: [
    condition('ID', templates.id, { params: params({ CLASSID: receipt }) }),
    condition('CommodityCode', templates.code),
    condition('DocDate', templates.dates, {
      params: params({ FIELDNAME: 'DocDate$DATE' }),
      datatype: 'ctDateTime',
    }),
  ],
  keys: [
    key('DocDate', 'A.DocDate$DATE', 'Datum dokladu'),
    key('CommodityCode', 'A.CommodityCode', 'Kód zboží'),
  ],
  ...system,
};

export const attendanceClosing: Definition = {
  id: 'WY15XY0ZAXLO10IB1GALYIP1XK',
  name: 'Výběr docházky pro uzávěrku',
  datasets: [
    {
      name: 'MAIN',
      sql: sql('SELECT {FIELDS} FROM', ' Attendances A', ' {JOIN}', '{WHERE}', '{ORDERBY}'),
      master: '',
      displaylabel: 'Docházka',
      masterfields: '',
      nationallocalization: '',
      fields: [
        ofAttendance('ID', 'Vlastní ID', 'string(10)', { packedclsid: attendance }),
        ofAttendance('Employee_ID', 'Pracovník', 'string(10)', { packedclsid: employee }),
        ofAttendance('Arrival$DATE', 'Příchod', 'date'),
        ofAttendance('Departure$DATE', 'Odchod', 'date'),
        ofAttendance('Closed', 'Uzavřeno', 'boolean'),
        ofEmployee('PersonalNumber', 'Osobní číslo', 'string(10)'),
        ofEmployee('Name', 'Jméno', 'string(60)'),
      ],
      aliases: [
        alias('A', attendance),
        alias('E', employee, {
          prefix: 'Employee',
          description: 'Pracovník',
          joinsql: 'JOIN Employees E ON E.ID=A.Employee_ID',
        }),
      ],
    },
  ],
  conditions: [
    condition('ID', templates.id, { params: params({ CLASSID: attendance }) }),
    condition('Employee_ID', templates.id, { params: params({ CLASSID: employee }) }),
    condition('Closed', templates.boolean, { datatype: 'ctBoolean' }),
    condition('Arrival', templates.dates, {
      params: params({ FIELDNAME: 'Arrival$DATE' }),
      datatype: 'ctDateTime',
    }),
  ],
  keys: [
    key('Employee', 'E.Name Collate PXW_CSY {DIR},A.Employee_ID', 'Pracovník'),
    key('Arrival', 'A.Arrival$DATE', 'Příchod'),
  ],
  ...system,
};
