/**
 * Tables of an ABRA Gen that the aggregate base keeps a copy of, with ABRA's own names and ways:
 * ids of ten characters, `A` and `N` for yes and no, dates as days since 1899-12-30.
 */

type Cell = string | number;

export interface CountryTable {
  name: string;
  /** `name: 'T-SQL type'`, none of them NULL. */
  columns: Readonly<Record<string, string>>;
  key: string;
  /** In the order of the columns. */
  rows: readonly (readonly Cell[])[];
}

const currencies = [
  ['CZK', 'Česká koruna', 'Kč', 2],
  ['EUR', 'Euro', '€', 2],
  ['PLN', 'Polský zlotý', 'zł', 2],
  ['HUF', 'Maďarský forint', 'Ft', 0],
  ['GBP', 'Britská libra', '£', 2],
  ['USD', 'Americký dolar', '$', 2],
  ['CHF', 'Švýcarský frank', 'CHF', 2],
  ['SEK', 'Švédská koruna', 'kr', 2],
  ['DKK', 'Dánská koruna', 'kr', 2],
  ['NOK', 'Norská koruna', 'kr', 2],
  ['JPY', 'Japonský jen', '¥', 0],
] as const;

/** Code, name, number, currency; the years in which it became a member of the EU, or left. */
const countries: readonly (readonly [string, string, string, string, ...string[]])[] = [
  ['CZ', 'Česká republika', '203', 'CZK', '2004-05-01'],
  ['SK', 'Slovensko', '703', 'EUR', '2004-05-01'],
  ['AT', 'Rakousko', '040', 'EUR', '1995-01-01'],
  ['BE', 'Belgie', '056', 'EUR', '1993-11-01'],
  ['DE', 'Německo', '276', 'EUR', '1993-11-01'],
  ['DK', 'Dánsko', '208', 'DKK', '1993-11-01'],
  ['EE', 'Estonsko', '233', 'EUR', '2004-05-01'],
  ['ES', 'Španělsko', '724', 'EUR', '1993-11-01'],
  ['FI', 'Finsko', '246', 'EUR', '1995-01-01'],
  ['FR', 'Francie', '250', 'EUR', '1993-11-01'],
  ['GB', 'Velká Británie', '826', 'GBP', '1993-11-01', '2020-02-01'],
  ['HR', 'Chorvatsko', '191', 'EUR', '2013-07-01'],
  ['HU', 'Maďarsko', '348', 'HUF', '2004-05-01'],
  ['CH', 'Švýcarsko', '756', 'CHF'],
  ['IE', 'Irsko', '372', 'EUR', '1993-11-01'],
  ['IT', 'Itálie', '380', 'EUR', '1993-11-01'],
  ['JP', 'Japonsko', '392', 'JPY'],
  ['LT', 'Litva', '440', 'EUR', '2004-05-01'],
  ['LV', 'Lotyšsko', '428', 'EUR', '2004-05-01'],
  ['NL', 'Nizozemsko', '528', 'EUR', '1993-11-01'],
  ['NO', 'Norsko', '578', 'NOK'],
  ['PL', 'Polsko', '616', 'PLN', '2004-05-01'],
  ['PT', 'Portugalsko', '620', 'EUR', '1993-11-01'],
  ['SE', 'Švédsko', '752', 'SEK', '1995-01-01'],
  ['SI', 'Slovinsko', '705', 'EUR', '2004-05-01'],
  ['US', 'Spojené státy americké', '840', 'USD'],
];

/** Ten characters, as ABRA numbers rows: `5000000101`. */
const id = (number: number) => `${number.toString(36).toUpperCase()}000000101`.slice(-10);

const storedDay = (day: string) =>
  (Date.parse(`${day}T00:00:00Z`) - Date.UTC(1899, 11, 30)) / 86_400_000;

const flag = (yes: boolean) => (yes ? 'A' : 'N');

const currencyId = (code: string) =>
  id(1 + currencies.findIndex(([candidate]) => candidate === code));

/** The years of its membership, each a change: even ones in, odd ones out. */
const history = countries.flatMap(([code, , , , ...days], country) =>
  days.map((day, index) => ({ code, day, country, isMember: index % 2 === 0 })),
);

export const countryTables: readonly CountryTable[] = [
  {
    name: 'dbo.Currencies',
    columns: {
      ID: 'char(10)',
      ObjVersion: 'int',
      Hidden: 'char(1)',
      Code: 'nvarchar(3)',
      Name: 'nvarchar(30)',
      Symbol: 'nvarchar(10)',
      Rounding: 'int',
      DocVATRounding: 'int',
    },
    key: 'ID',
    rows: currencies.map(([code, name, symbol, rounding]) => [
      currencyId(code),
      1,
      'N',
      code,
      name,
      symbol,
      rounding,
      rounding,
    ]),
  },
  {
    name: 'dbo.Countries',
    columns: {
      ID: 'char(10)',
      ObjVersion: 'int',
      Hidden: 'char(1)',
      Code: 'nvarchar(3)',
      Name: 'nvarchar(50)',
      NumCode: 'char(3)',
      EUMember: 'char(1)',
      Currency_ID: 'char(10)',
    },
    key: 'ID',
    rows: countries.map(([code, name, number, currency, ...days], index) => [
      id(index + 1),
      1 + (index % 3),
      flag(code === 'JP'),
      code,
      name,
      number,
      flag(days.length % 2 === 1),
      currencyId(currency),
    ]),
  },
  {
    name: 'dbo.Countries2',
    columns: {
      ID: 'char(10)',
      ObjVersion: 'int',
      Parent_ID: 'char(10)',
      DateOfChange$DATE: 'float',
      EUMember: 'char(1)',
      VATCode: 'nvarchar(3)',
    },
    key: 'ID',
    rows: history.map(({ code, day, country, isMember }, index) => [
      id(index + 1),
      1,
      id(country + 1),
      storedDay(day),
      flag(isMember),
      isMember ? code : '',
    ]),
  },
];
