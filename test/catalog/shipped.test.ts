import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseCatalog, shippedCatalog } from '../../shared/catalog/index.ts';
import { periodLimits, periodText } from '../../shared/sync/period.ts';
import { sourceServer } from '../support/source-server.ts';
import { edit, shippedJson, stepsOf } from './edited.ts';

/**
 * Written by hand from the facts about the original, on purpose not from the catalogue: entity,
 * dated, how HCS loads it, its STEK export (schema; procedures of zagser are always in prep).
 */
const table = `
  bank_code                   -      all   -
  benefit_provider            -      all   -
  building_structure          -      code  -
  city                        -      all   -
  equipment                   -      all   dbo
  meter                       -      code  dbo
  meter_place                 -      code  -
  premises                    -      all   dbo
  personal_account            -      code  dbo
  personal_account_meter      -      code  prep
  personal_account_parameter  -      code  prep
  room                        -      all   -
  meter_reading               dated  code  dbo
  payment                     dated  code  dbo
  charge_correction_detail    dated  code  -
  charge_detail               dated  code  dbo
  personal_saldo              dated  code  dbo
  recalculation               dated  code  prep
  running_balance             dated  code  -
  turnover_balance_sheet      dated  code  prep`;

const entities = table
  .trim()
  .split('\n')
  .map((line) => {
    const [name = '', dated, hcs, stek] = line.trim().split(/\s+/);
    return { name, dated: dated === 'dated', hcs, stek };
  });

const hcsCodes = '0c01 0c05 0c06 0c08 0c10 0c20 0c21 0c23 0t10 1c10 2c10'.split(' ');
const stekServers = {
  stek: 'server',
  region: 'server',
  mo: 'sql01comfort',
  zagser: 'sql01comfort',
};
const stekCodes = Object.keys(stekServers);
const exportName: Record<string, string> = { bank_code: 'bank_dictionary' };
const period = { month: 7, year: 2019 };

/** The evidences of FlexiBee, as its URLs call them. */
const evidences =
  'adresar cenik faktura-vydana faktura-vydana-polozka faktura-prijata banka pokladni-pohyb smlouva objednavka-prijata kontakt nastaveni smlouva-polozka banka-polozka vazba'.split(
    ' ',
  );

const catalog = shippedCatalog();

function entitiesOf(code: string) {
  if (code === 'all') return entities.filter(({ hcs }) => hcs === 'all');
  return stekCodes.includes(code) ? entities.filter(({ stek }) => stek !== '-') : entities;
}

/** Without their ranks, which only their order is made of. */
function stagesOf(request: Parameters<typeof catalog.stages>[0]) {
  const stages = catalog.stages(request);
  const ranks = stages.map(({ rank }) => rank);
  assert.deepEqual(
    ranks,
    ranks.toSorted((a, b) => a - b),
  );
  return stages.map(({ rank: _, ...stage }) => stage);
}

function sharedStage(stage: string, procedure: { schema: string; name: string }) {
  return {
    stage,
    kind: 'procedure',
    once: 'entity',
    after: [stage === 'heap' ? 'crude' : 'export'],
    needs: 'all',
    database: 'ab',
    server: 'ab',
    procedure,
    parameters: [],
    setOptions: [],
    transaction: 'own',
    repeatable: true,
    returnCheck: 'warn',
  };
}

/** `code` is the one the export runs for. */
function hcsExport(name: string, code: string, dated: boolean) {
  const ofPeriod = [
    { name: 'period_month', type: 'int', value: 7 },
    { name: 'period_year', type: 'int', value: 2019 },
  ];
  return {
    stage: 'export',
    kind: 'procedure',
    code,
    after: [],
    needs: 'all',
    database: 'hcs',
    server: 'dcdb',
    procedure: { schema: 'dbo', name: `sp_export_to_bill_ab_${exportName[name] ?? name}` },
    parameters: [
      { name: 'CurDataAreaId', type: 'varchar(4)', value: code },
      ...(dated ? ofPeriod : []),
    ],
    setOptions: [],
    transaction: 'own',
    repeatable: true,
    returnCheck: 'warn',
  };
}

function stekExport(name: string, code: string, dated: boolean, schema: string | undefined) {
  const prep = code === 'zagser' || schema === 'prep';
  const month = name === 'charge_detail' || name === 'personal_saldo' ? 'month' : 'date_of_month';
  return {
    stage: 'export',
    kind: 'procedure',
    code,
    after: [],
    needs: 'all',
    database: code,
    server: Object.entries(stekServers).find(([key]) => key === code)?.[1],
    procedure: prep
      ? { schema: 'prep', name: `sp_export_to_prep_${name}` }
      : { schema: 'dbo', name: `sp_export_to_bill_ab_${name}` },
    parameters: dated ? [{ name: month, type: 'char(8)', value: '20190701' }] : [],
    setOptions: name === 'personal_account_parameter' ? ['FORCEPLAN'] : [],
    transaction: 'own',
    repeatable: true,
    returnCheck: 'warn',
  };
}

describe('the lists of the shipped catalogue', () => {
  it('offers the eleven HCS areas, the four STEK databases, all, FlexiBee and ABRA Gen, in this order', () => {
    const codes = [...hcsCodes, ...stekCodes, 'all', 'flexi-demo', 'gen-demodata'];
    assert.deepEqual(Object.keys(catalog.codes()), codes);
    for (const text of Object.values(catalog.codes())) assert.match(text, /\p{Script=Cyrillic}/u);
  });

  for (const code of [...hcsCodes, ...stekCodes, 'all']) {
    it(`offers the entities of ${code} in the order of a whole sync`, () => {
      const expected = entitiesOf(code).map(({ name }) => name);
      assert.deepEqual(catalog.entityOrder(code), expected);
      assert.deepEqual(Object.keys(catalog.names(code) ?? {}), expected);
      for (const text of Object.values(catalog.names(code) ?? {})) {
        assert.match(text, /\p{Script=Cyrillic}/u);
      }
    });
  }

  it('offers fourteen evidences of the FlexiBee company, none of them dated', () => {
    assert.deepEqual(catalog.entityOrder('flexi-demo'), evidences);
    for (const [name, text] of Object.entries(catalog.names('flexi-demo') ?? {})) {
      assert.match(text, /\p{Script=Cyrillic}/u);
      assert.equal(catalog.isDated(name), false, name);
    }
  });

  it('says where the company is, and what to do when its versions go back', () => {
    assert.deepEqual(catalog.companies, [
      {
        code: 'flexi-demo',
        server: 'flexibee',
        connection: 'FLEXIBEE_DEMO',
        name: 'demo',
        journalDays: 365,
        onRegression: 'stop',
        reconcile: '02:30',
        paused: false,
        pageSize: 1000,
        requestsAtOnce: 4,
        lateMinutes: 60,
      },
    ]);
    assert.equal(sourceServer(catalog, 'flexi-demo'), 'flexibee');
  });

  it('offers the queries of ABRA Gen under the names that ABRA gives them', () => {
    const names = catalog.names('gen-demodata') ?? {};
    assert.deepEqual(
      Object.entries(names).map(([name, text]) => `${name}: ${text}, ${catalog.isDated(name)}`),
      [
        'countries: Země, false',
        'issued_invoices: Faktury vydané, true',
        'intrastat_receipts: INTRASTAT - Přijetí, true',
        'attendance_closing: Výběr docházky pro uzávěrku, true',
      ],
    );
    assert.equal(sourceServer(catalog, 'gen-demodata'), 'abra-gen');
  });

  it('says what dynsql may ask', () => {
    assert.deepEqual(
      catalog.connections.map((connection) =>
        connection.kind === 'database'
          ? [connection.id, connection.database]
          : [connection.id, connection.server, connection.connection, connection.name],
      ),
      [
        ['ab', 'ab'],
        ['demodata', 'abra-gen', 'ABRA_GEN_DEMODATA', 'demodata'],
      ],
    );
  });

  it('has twelve entities in STEK, with premises before personal_account', () => {
    const order = catalog.entityOrder('mo');
    assert.equal(order.length, 12);
    assert.ok(order.indexOf('premises') < order.indexOf('personal_account'));
  });

  it('merges the entities of several data sources in the order of a whole sync', () => {
    assert.deepEqual(catalog.entityOrder('mo', 'all', '0c10'), catalog.entityOrder('0c10'));
    assert.deepEqual(catalog.entityOrder('mo', 'stek', 'mo'), catalog.entityOrder('mo'));
    assert.deepEqual(catalog.entityOrder(), []);
    assert.throws(() => catalog.entityOrder('mo', 'om'), RangeError);
  });

  it('knows which entities are dated', () => {
    for (const { name, dated } of entities) {
      assert.equal(catalog.isDated(name), dated, name);
      assert.equal(catalog.hasEntity(name), true, name);
    }
    assert.equal(catalog.isDated('meters'), undefined);
    assert.equal(catalog.hasEntity('toString'), false);
    assert.equal(catalog.names('constructor'), undefined);
  });

  it('describes each code and each entity in words of its own', () => {
    for (const texts of [catalog.codes(), catalog.names('0c10') ?? {}].map(Object.values)) {
      assert.equal(new Set(texts).size, texts.length);
    }
  });

  it('locks the server of the source database', () => {
    for (const code of [...hcsCodes, 'all']) assert.equal(sourceServer(catalog, code), 'dcdb');
    for (const [code, server] of Object.entries(stekServers)) {
      assert.equal(sourceServer(catalog, code), server);
    }
  });

  it('names the setting of every database', () => {
    assert.deepEqual(
      catalog.databases.map(({ id, server, connection }) => `${id} ${server} ${connection}`),
      [
        'hcs dcdb SQL_HCS',
        'stek server SQL_STEK',
        'region server SQL_REGION',
        'mo sql01comfort SQL_MO',
        'zagser sql01comfort SQL_ZAGSER',
        'ab ab SQL_AB',
      ],
    );
  });

  it('begins with January 2018, and months turn at +10:00, where the original is at home', () => {
    const { from, timeZone } = catalog.periods;
    assert.deepEqual([from, timeZone], ['2018-01', 'Asia/Vladivostok']);
    const lastOn = (now: string) => periodText(periodLimits(catalog.periods, new Date(now)).last);
    assert.equal(lastOn('2019-07-31T13:59:59Z'), '2019-07');
    assert.equal(lastOn('2019-07-31T14:00:00Z'), '2019-08');
  });

  it('calls a guess what nobody outside knows, each with what must be checked', () => {
    const place = (list: string, index: number) => `${list}[${index}]`;
    const codes = Object.keys(catalog.codes());
    const known = ['0c06', '0c10', 'stek', 'zagser', 'all', 'flexi-demo', 'gen-demodata'];
    const invented = codes.filter((code) => !known.includes(code));
    const named = ['meter', 'personal_account', 'payment', 'turnover_balance_sheet'];
    const databases = ['stek', 'region', 'mo', 'zagser', 'ab'];
    assert.deepEqual(
      catalog.guesses.map((guess) => guess.place),
      [
        'periods',
        place('servers', 3),
        ...databases.map((_, index) => place('databases', index + 1)),
        ...invented.map((code) => place('dataSources', codes.indexOf(code))),
        ...entities.flatMap(({ name }, index) =>
          named.includes(name) ? [] : [place('entities', index)],
        ),
        ...['pipelines[0].checks[0]', 'pipelines[1].checks[0]'],
        ...['pipelines[2].checks[0]', 'pipelines[2].checks[1]'],
      ],
    );
    assert.equal(invented.length, 11);
    for (const { place: at, guess } of catalog.guesses) {
      const of = (entry: string) =>
        place(
          'entities',
          entities.findIndex(({ name }) => name === entry),
        );
      const beside = [of('equipment'), of('premises')].includes(at);
      assert.equal(guess.includes('systems.stek'), beside, at);
    }
  });

  it('refuses 46 pairs of a code and a name that the original takes and cannot mean', () => {
    const refused = [...hcsCodes, ...stekCodes, 'all'].flatMap((code) =>
      entities.filter(({ name }) => catalog.names(code)?.[name] === undefined),
    );
    assert.equal(refused.length, 46);
  });
});

describe('the stages of the shipped catalogue', () => {
  for (const code of [...hcsCodes, ...stekCodes, 'all']) {
    for (const { name, dated, hcs, stek } of entitiesOf(code)) {
      it(`${name} of ${code}`, () => {
        const exported = stekCodes.includes(code)
          ? stekExport(name, code, dated, stek)
          : hcsExport(name, hcs === 'all' ? 'all' : code, dated);
        assert.deepEqual(stagesOf({ name, code, ...(dated ? { period } : {}) }), [
          // Loads take all that was exported, whatever its month.
          { ...exported, ...(dated && { period }) },
          sharedStage('crude', { schema: 'crude', name: `sp_load_datasource_${name}` }),
          sharedStage('heap', { schema: 'heap', name: `sp_load_to_heap_from_crude_${name}` }),
        ]);
      });
    }
  }

  for (const name of evidences) {
    it(`${name} of flexi-demo`, () => {
      const apply = { schema: 'crude', name: 'sp_apply_flexibee_page' };
      const loaded = { kind: 'flexibee', code: 'flexi-demo', after: [], server: 'flexibee' };
      // The contract of the procedure: it has applied everything, or says that it has not.
      const byContract = { ...loaded, returnCheck: 'zero' };
      const { once: _, ...load } = sharedStage('load', apply);
      assert.deepEqual(stagesOf({ name, code: 'flexi-demo' }), [{ ...load, ...byContract }]);
      const [freshness, ...others] = catalog.freshness({ name, code: 'flexi-demo' });
      assert.deepEqual(others, []);
      assert.equal(freshness?.server, 'ab');
      const values = freshness?.parameters.map(({ value }) => value);
      assert.deepEqual(values, ['flexi-demo', name]);
    });
  }

  it('a query is loaded by one stage, which is told the month of a dated one', () => {
    const code = 'gen-demodata';
    const { once: _, ...load } = sharedStage('load', {
      schema: 'crude',
      name: 'sp_apply_dynsql_rows',
    });
    const stage = {
      ...load,
      ...{ kind: 'dynsql', code, after: [], server: 'abra-gen', returnCheck: 'zero' },
    };
    assert.deepEqual(stagesOf({ name: 'countries', code }), [stage]);
    const month = { name: 'period', type: 'varchar(7)', value: '2019-07' };
    assert.deepEqual(stagesOf({ name: 'issued_invoices', code, period }), [
      { ...stage, period, parameters: [month] },
    ]);
    const query = catalog.rowQuery({ name: 'issued_invoices', code });
    assert.equal(query?.connection, 'demodata');
    assert.equal(query?.definition, '40SBPEINEFD13ACM03KIU0CLP4');
    assert.equal(catalog.rowQuery({ name: 'meter', code: '0c10' }), undefined);
    const [freshness, ...others] = catalog.freshness({ name: 'countries', code });
    assert.deepEqual(others, []);
    assert.deepEqual(
      freshness?.parameters.map(({ value }) => value),
      [code, 'countries'],
    );
  });

  it('writes a hyphen as an underscore where a name of SQL Server is made of it', () => {
    const json = shippedJson();
    const heap = {
      stage: 'heap',
      kind: 'procedure',
      database: 'ab',
      procedure: 'heap.sp_load_{entity}_of_{sourceName}',
      parameters: [{ name: 'evidence', type: 'varchar(40)', from: 'entity' }],
      repeatable: true,
    };
    edit(json, stepsOf('pipelines[3].stages[1]'), heap);
    const [, stage] = parseCatalog(json).stages({ name: 'faktura-vydana', code: 'flexi-demo' });
    assert.equal(stage?.procedure.name, 'sp_load_faktura_vydana_of_faktura_vydana');
    assert.equal(stage?.server, 'ab');
    assert.deepEqual(
      stage?.parameters.map(({ value }) => value),
      ['faktura-vydana'],
    );
  });

  it('ignores the period of an undated entity, which a whole source sync passes to all', () => {
    const name = 'meter';
    for (const code of ['0c10', 'stek']) {
      assert.deepEqual(catalog.stages({ name, code, period }), catalog.stages({ name, code }));
    }
  });

  it('writes December and a month of one digit in full', () => {
    const day = (month: number) =>
      catalog.stages({ name: 'payment', code: 'mo', period: { month, year: 2018 } })[0]
        ?.parameters[0]?.value;
    assert.deepEqual([day(1), day(12)], ['20180101', '20181201']);
  });

  it('hands out calls that a caller may change', () => {
    const [stage] = catalog.stages({ name: 'personal_account_parameter', code: 'mo' });
    stage?.setOptions.push('NOCOUNT');
    const [again] = catalog.stages({ name: 'personal_account_parameter', code: 'mo' });
    assert.deepEqual(again?.setOptions, ['FORCEPLAN']);
  });

  const refusals: [string, Parameters<typeof catalog.stages>[0], RegExp][] = [
    ['an unknown code', { name: 'meter', code: '0c99' }, /no data source 0c99; use one of 0c01/],
    [
      'an unknown entity',
      { name: 'meters', code: '0c10' },
      /0c10 has no entity meters; use one of/,
    ],
    ['payment of all', { name: 'payment', code: 'all', period }, /all has no entity payment/],
    ['an HCS entity of STEK', { name: 'room', code: 'mo' }, /mo has no entity room/],
    ['a dated entity without a month', { name: 'payment', code: 'mo' }, /a month and a year are/],
    ['month 77', { name: 'payment', code: 'mo', period: { month: 77, year: 2019 } }, /month 77/],
    ['month 7.5', { name: 'payment', code: 'mo', period: { month: 7.5, year: 2019 } }, /month 7.5/],
    ['month 0', { name: 'payment', code: '0c10', period: { month: 0, year: 2019 } }, /month 0 /],
    ['year 19', { name: 'payment', code: 'mo', period: { month: 7, year: 19 } }, /year 19 /],
  ];
  for (const [what, request, message] of refusals) {
    it(`refuses ${what}`, () => {
      assert.throws(() => catalog.stages(request), { name: 'RangeError', message });
    });
  }
});
