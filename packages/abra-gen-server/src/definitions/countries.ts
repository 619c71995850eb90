/** Země: as ABRA's documentation prints it, with the fields that it leaves out filled in. */

import { alias, condition, type Definition, fieldsOf, key, params, sql, system } from './shape.ts';
import { templates } from './templates.ts';

const country = '4J5FINKNYNDL3C5P00CA141B44';
const currency = '4R5FINKNYNDL3C5P00CA141B44';
const change = '5RB1WWGPTEF4RBC5VKEP1Q3GZ0';

const main = fieldsOf('A', country);
const ofCurrency = fieldsOf('C', currency, {
  prefix: 'Currency',
  label: 'Měna',
  from: 'A',
  column: 'Currency_ID',
});
const history = fieldsOf('A', change);

/** A joined record's own id, which ABRA does not count among the prefixed fields. */
const ownId = (name: string, label: string, clsid: string) => ({
  ...fieldsOf('C', '')('ID', `${label} - Vlastní ID`, 'string(10)', { packedclsid: clsid }),
  expression: `C.ID AS ${name}`,
  fieldname: name,
});

export const countries: Definition = {
  id: '01B4XCTHYNDL3C5P00CA141B44',
  name: 'Země',
  datasets: [
    {
      name: 'MAIN',
      sql: sql('SELECT {FIELDS} FROM', ' Countries A ', ' {JOIN}', '{WHERE}', '{ORDERBY}'),
      master: '',
      displaylabel: 'Země',
      masterfields: '',
      nationallocalization: '',
      fields: [
        main('ObjVersion', 'Verze objektu', 'integer'),
        main('Hidden', 'Skrytý', 'boolean'),
        main('Code', 'Kód', 'string(3)'),
        main('Name', 'Název', 'string(40)'),
        main('NumCode', 'Číselný kód', 'integer'),
        main('EUMember', 'Člen EU', 'boolean'),
        main('EUDate$DATE', 'Datum vstupu do EU', 'date'),
        main('LangCode', 'Kód jazyka', 'string(2)'),
        main('ID', 'Vlastní ID', 'string(10)', { packedclsid: country }),
        main('Currency_ID', 'Měna', 'string(10)', { packedclsid: currency }),
        ofCurrency('ObjVersion', 'Verze objektu', 'integer'),
        ofCurrency('Hidden', 'Skrytý', 'boolean'),
        ofCurrency('Code', 'Kód', 'string(5)'),
        ofCurrency('Name', 'Název', 'string(40)'),
        ofCurrency('Symbol', 'Symbol', 'string(5)'),
        ofCurrency('DocVATRounding', 'Zaokrouhlení DPH dokladů', 'integer'),
      ],
      aliases: [
        alias('A', country),
        alias('C', currency, {
          prefix: 'Currency',
          description: 'Měna',
          joinsql: 'JOIN Currencies C ON C.ID=A.Currency_ID',
        }),
      ],
    },
    {
      name: 'HISTORY',
      sql: sql(
        'SELECT {FIELDS} FROM',
        ' Countries2 A',
        ' {JOIN}',
        'WHERE',
        ' A.Parent_ID=:ID',
        'ORDER BY',
        ' DateOfChange$DATE',
      ),
      master: 'MAIN',
      displaylabel: 'Historie',
      masterfields: 'ID',
      nationallocalization: '',
      fields: [
        history('ObjVersion', 'Verze objektu', 'integer'),
        history('ID', 'Vlastní ID', 'string(10)', { packedclsid: change }),
        history('Parent_ID', 'Vlastník', 'string(10)', { packedclsid: country }),
        history('DateOfChange$DATE', 'Datum změny', 'date'),
        history('EUMember', 'Člen EU', 'boolean'),
        history('Currency_ID', 'Měna', 'string(10)', { packedclsid: currency }),
        ownId('Country_ID', 'Země', country),
      ],
      aliases: [
        alias('A', change),
        alias('C', country, {
          prefix: 'Country',
          description: 'Země',
          joinsql: 'JOIN Countries C ON C.ID=A.Parent_ID',
        }),
      ],
    },
  ],
  conditions: [
    condition('ID', templates.id, { params: params({ CLASSID: country }) }),
    condition('Code', templates.code),
    condition('Name', templates.code),
    condition('NumCode', templates.number, { datatype: 'ctInteger' }),
    condition('Currency_ID', templates.id, { params: params({ CLASSID: currency }) }),
    condition('EUMember', templates.boolean, { datatype: 'ctBoolean' }),
    condition('Hidden', templates.stored),
  ],
  keys: [
    key('Code', 'A.Code Collate PXW_CSY', 'Kód'),
    key('Name', 'A.Name Collate PXW_CSY', 'Název'),
    key('Currency', 'C.Code Collate PXW_CSY {DIR},A.Currency_ID', 'Měna'),
    key('NumCode', 'A.NumCode', 'Číselný kód'),
  ],
  ...system,
};
