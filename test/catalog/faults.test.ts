import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, it } from 'node:test';
import { CatalogError, parseCatalog, parseCatalogText } from '../../shared/catalog/index.ts';
import { withSettings } from '../../shared/catalog/setting-values.ts';
import { sqlTypesAllowed } from '../../shared/catalog/sql-type.ts';
import { sourceServer } from '../support/source-server.ts';
import { edit, type Json, shippedJson, stepsOf } from './edited.ts';

function faultsOf(edits: Record<string, Json | undefined>): string[] {
  const json = shippedJson();
  for (const [path, value] of Object.entries(edits)) edit(json, stepsOf(path), value);
  try {
    parseCatalog(json);
    return [];
  } catch (error) {
    assert.ok(error instanceof CatalogError);
    return error.faults;
  }
}

const code = (from: string) => ({ name: 'code', type: 'varchar(20)', from });
const databases = 'hcs, stek, region, mo, zagser, ab';
const hcsExport = 'pipelines[0].stages[0]';
const stekExport = 'pipelines[1].stages[0]';
const crude = 'pipelines[2].stages[0]';
const load = 'pipelines[3].stages[0]';
const sourceCheck = 'pipelines[0].checks[0]';
const heapCheck = 'pipelines[2].checks[1]';
/** Where the entities with queries of their own begin: evidences are before them. */
const queried = shippedJson() as { entities: { dynsql?: object }[] };
const query = queried.entities.findIndex(({ dynsql }) => dynsql !== undefined);
const company = { server: 'flexibee', connection: 'FLEXIBEE_DEMO', name: 'demo' };
const flexibeeStage = { kind: 'flexibee', database: 'ab', procedure: 'crude.sp_apply' };

/** What was wrong, the edits, the whole list of faults. */
const cases: [string, Record<string, Json | undefined>, (string | RegExp)[]][] = [
  [
    'checks: members that are none, and what each must be',
    {
      [`${heapCheck}.tolerance`]: { rows: -1, amount: '1 pct' },
      [`${heapCheck}.onDifference`]: 'stop',
      [`${heapCheck}.timeoutSeconds`]: 0,
      [`${sourceCheck}.sql`]: 'SELECT {sum} FROM [heap].[{sourceName}]',
      [`${sourceCheck}.parameters[1].type`]: 'date',
      'entities[13].sums': ['amount', 'Amount'],
      'entities[14].sums': ['rows'],
      'pipelines[2].freshness[1].maxAge': '30s',
      'pipelines[2].freshness[1].clock': 'server',
    },
    [
      'entities[13].sums[1]: the same as sums[0]; name each once',
      'entities[14].sums[0]: "rows" is not a column; use the name of one, of 1 to 128 characters, other than code, month, rows and moved',
      'pipelines[0].checks[0].sql: "SELECT {sum} FROM [heap].[{sourceName}]" has the unknown placeholder {sum}; use {entity}, {sourceName} or {sums} (did you mean sums?)',
      'pipelines[0].checks[0].parameters[1].type: "date" is not a type for began in UTC; a time needs datetime2(n), datetime or smalldatetime',
      'pipelines[2].freshness[1].maxAge: "30s" is not an age; use a time from 1m to 400d, as 90m, 36h or 2d, or false',
      'pipelines[2].freshness[1].clock: "server" is not a clock; use one of utc, local',
      `${heapCheck}.tolerance.rows: -1 is not a tolerance; use a number of 0 or more, or a share such as "0.1 %"`,
      `${heapCheck}.tolerance.amount: "1 pct" is not a tolerance; use a number of 0 or more, or a share such as "0.1 %"`,
      `${heapCheck}.onDifference: "stop" is not an answer to a difference; use one of warn, fail`,
      `${heapCheck}.timeoutSeconds: 0 is not a time limit; use whole seconds from 1 to 3600`,
    ],
  ],
  [
    'checks: a place alone, a place twice, a stage that is none, a tolerance of what others are held to',
    {
      [`${sourceCheck}.tolerance`]: { '*': 1 },
      [`${sourceCheck}.before`]: 'curde',
      [`${heapCheck}.place`]: 'crude',
      'pipelines[3].checks': [
        { check: 'rows', place: 'crude', sql: 'SELECT COUNT(*) AS [rows] FROM x', before: 'load' },
      ],
    },
    [
      'pipelines[2].checks[1].place: "crude" comes twice in the check totals on the way of hcs, see pipelines[2].checks[0].place',
      'pipelines[0].checks[0].before: "curde" is not a stage on the way of bank_code of all; use one of export, crude, heap (did you mean crude?)',
      /^pipelines\[3\]\.checks\[0\]\.place: the check rows of \S+ of flexi-demo has crude alone and compares it with nothing; add/,
      'pipelines[0].checks[0].tolerance: given for source, the first place of totals, which the others are compared with; give it to those',
    ],
  ],
  [
    'windows: hours that are none, a zone that is none, no length, a third way',
    {
      [`${hcsExport}.window`]: { from: '24:00', to: '5:00', timeZone: 'Prague', outside: 'fail' },
      [`${stekExport}.window`]: { from: '22:00', to: '22:00' },
      'dataSources[0].window': { from: '22:00' },
    },
    [
      'dataSources[0].window.to: missing; use hh:mm from 00:00 to 23:59, such as 22:00',
      `${hcsExport}.window.from: "24:00" is not a time of day; use hh:mm from 00:00 to 23:59, such as 22:00`,
      `${hcsExport}.window.to: "5:00" is not a time of day; use hh:mm from 00:00 to 23:59, such as 22:00`,
      `${hcsExport}.window.timeZone: "Prague" is not a time zone; use an IANA name, such as Europe/Moscow`,
      `${hcsExport}.window.outside: "fail" is not what becomes of a stage outside its window; use one of wait, skip`,
      `${stekExport}.window.to: "22:00" is not an end; use another than from, or leave the window out`,
    ],
  ],
  [
    'exclusive names: no name, the same twice, two spellings, one where no lock is held',
    {
      [`${hcsExport}.exclusive`]: ['month close'],
      [`${stekExport}.exclusive`]: ['a', 'A'],
    },
    [
      `${hcsExport}.exclusive[0]: "month close" is not an id; use 1 to 63 letters, digits, _ and - (Latin letters)`,
      `${stekExport}.exclusive[1]: the same as [0]; leave one of them out (case does not count)`,
    ],
  ],
  [
    'exclusive names in two spellings, and where no lock is held',
    {
      [`${hcsExport}.exclusive`]: ['Month-close'],
      [`${stekExport}.exclusive`]: ['month-close'],
      [`${load}.exclusive`]: ['month-load'],
    },
    [
      `${load}.exclusive: given for a flexibee stage, which holds no lock of a server; leave it out`,
      `${stekExport}.exclusive[0]: "month-close" is "Month-close" in ${hcsExport}.exclusive[0]; write it the same`,
    ],
  ],
  [
    'several stages at once: too many, and at a server where none are',
    { 'servers[0].stagesAtOnce': 17 },
    ['servers[0].stagesAtOnce: 17 is not a number of stages; use a whole number from 1 to 16'],
  ],
  [
    'several stages at once at a server without a database',
    { 'servers[4].stagesAtOnce': 2 },
    ['servers[4].stagesAtOnce: given for a server without a database; leave it out'],
  ],
  [
    'an unknown database',
    { 'dataSources[3].database': 'hcss' },
    [
      `dataSources[3].database: "hcss" is not a database; use one of ${databases} (did you mean hcs?)`,
    ],
  ],
  [
    'an unknown server, system, pipeline and entities at once, in one list',
    {
      'databases[0].server': 'DCDB',
      'dataSources[0].system': 'oracle',
      'pipelines[0].next': 'abb',
      [`${stekExport}.overrides[2].entities[1]`]: 'personal_salo',
      'pipelines[2].freshness[0].except.entities[0]': 'town',
      [`${stekExport}.overrides[0].codes[0]`]: 'zagzer',
    },
    [
      'databases[0].server: "DCDB" is not a server; use one of dcdb, server, sql01comfort, ab, flexibee, abra-gen (did you mean dcdb?)',
      'dataSources[0].system: "oracle" is not a system; use one of hcs, stek, ab, flexibee, abra-gen',
      'pipelines[0].next: "abb" is not a pipeline; use one of hcs, stek, ab, flexibee, abra-gen (did you mean ab?)',
      /pipelines\[1\]\.stages\[0\]\.overrides\[0\]\.codes\[0\]: "zagzer" is not a code; .*\(did you mean zagser\?\)/,
      /pipelines\[1\]\.stages\[0\]\.overrides\[2\]\.entities\[1\]: "personal_salo" is not an entity; .*\(did you mean personal_saldo\?\)/,
      /pipelines\[2\]\.freshness\[0\]\.except\.entities\[0\]: "town" is not an entity; use one of bank_code/,
    ],
  ],
  [
    'misspelt keys, on several levels',
    { 'entities[1].dateed': true, server: [], [`${crude}.timeoutSecond`]: 5 },
    [
      'entities[1].dateed: not a key of an entity; use name, description, guess, dated, sourceName, after, dynsql, sums, systems, overrides (did you mean dated?)',
      `${crude}.timeoutSecond: not a key of a stage; use stage, kind, description, guess, once, only, except, after, needs, database, repeatable, returnValue, procedure, parameters, setOptions, transaction, timeoutSeconds, succeeds, exclusive, window, overrides (did you mean timeoutSeconds?)`,
      'server: not a key of the catalogue; use description, periods, servers, databases, connections, dataSources, entities, pipelines (did you mean servers?)',
    ],
  ],
  [
    'missing fields',
    { 'entities[2].systems': undefined, [`${crude}.procedure`]: undefined, periods: undefined },
    [
      'periods: missing; use an object with from, timeZone, guess',
      'entities[2].systems: missing; use […]',
      `${crude}.procedure: missing; use schema.name, such as dbo.sp_export_{entity}`,
    ],
  ],
  [
    'names taken already, whatever their case',
    {
      'dataSources[1].code': '0C01',
      'servers[3]': { id: 'dcdb', description: 'once more' },
      'databases[5].server': 'server',
      'databases[2].connection': 'SQL_STEK',
    },
    [
      'servers[3].id: the same as servers[0].id; use another (case does not count)',
      'dataSources[1].code: the same as dataSources[0].code; use another (case does not count)',
      'databases[2].connection: the same as databases[1].connection; use another (case does not count)',
    ],
  ],
  [
    'a connection string in place of the name of a setting, without showing it',
    { 'databases[0].connection': 'Server=dcdb;Password=hunter2' },
    [
      'databases[0].connection: not the name of a setting; use capitals, digits and _, such as SQL_HCS',
    ],
  ],
  [
    'an unknown placeholder',
    { [`${crude}.procedure`]: 'crude.sp_load_{entty}' },
    [
      `${crude}.procedure: "crude.sp_load_{entty}" has the unknown placeholder {entty}; use {entity} or {sourceName} (did you mean entity?)`,
    ],
  ],
  [
    'a lone brace and an unknown placeholder of a query',
    {
      [`${crude}.procedure`]: 'crude.sp_load_entity}',
      'pipelines[1].freshness[0].sql': 'SELECT MAX(x) AS [freshness] FROM [prep].[{code}]',
    },
    [
      'pipelines[1].freshness[0].sql: "SELECT MAX(x) AS [freshness] FROM [prep].[{code}]" has the unknown placeholder {code}; use {entity} or {sourceName}',
      `${crude}.procedure: "crude.sp_load_entity}" has a lone }`,
    ],
  ],
  [
    'names that would need quoting, or end the name',
    {
      [`${crude}.procedure`]: 'crude.sp_load; DROP TABLE heap.meter',
      'entities[5].name': 'me]ter',
      [`${hcsExport}.parameters[0].name`]: '@CurDataAreaId',
    },
    [
      'entities[5].name: "me]ter" is not a name; use Latin letters, digits, _ and -, not a digit or - first, at most 128',
      `${hcsExport}.parameters[0].name: "@CurDataAreaId" is not a parameter name; use letters, digits, _, $ and #, without @, at most 127`,
      `${crude}.procedure: "crude.sp_load; DROP TABLE heap.meter" is not a procedure; use schema.name, each of letters, digits and _, or anything in brackets: [my schema].[a-b]`,
    ],
  ],
  [
    'a procedure without a schema',
    { [`${crude}.procedure`]: 'sp_load_{entity}' },
    [
      `${crude}.procedure: "sp_load_{entity}" is not a procedure; use schema.name, each of letters, digits and _, or anything in brackets: [my schema].[a-b]`,
    ],
  ],
  [
    'a procedure name that grows too long',
    { 'entities[0].sourceName': 'x'.repeat(120) },
    [
      'entities[0].sourceName: too long: export would call dbo.sp_export_to_bill_ab_{sourceName} with it; use a name that makes at most 128 characters',
    ],
  ],
  ...['varchar', 'varchar(0)', 'varchar(8001)', 'nchar(4001)', 'INT', 'sql_variant', 'int(4)'].map(
    (type): [string, Record<string, Json>, string[]] => [
      `the type ${type}`,
      { [`${hcsExport}.parameters[1].type`]: type },
      [`${hcsExport}.parameters[1].type: "${type}" is not a type allowed here; ${sqlTypesAllowed}`],
    ],
  ),
  [
    'types that their values do not fit',
    {
      [`${hcsExport}.parameters[0].type`]: 'int',
      [`${hcsExport}.parameters[1].type`]: 'varchar(2)',
      [`${hcsExport}.parameters[2].type`]: 'tinyint',
      [`${stekExport}.parameters[0].type`]: 'char(7)',
    },
    [
      `${hcsExport}.parameters[0].type: "int" is not a type for code; a code needs char(n) or varchar(n)`,
      `${hcsExport}.parameters[1].type: "varchar(2)" is not a type for month; a month needs tinyint, smallint, int or bigint`,
      `${hcsExport}.parameters[2].type: "tinyint" is not a type for year; a year needs smallint, int or bigint`,
      `${stekExport}.parameters[0].type: "char(7)" is not a type for first day of month; a day needs date, smalldatetime, datetime, datetime2, or int, char(8) or varchar(8) for yyyymmdd`,
    ],
  ],
  [
    'a parameter twice',
    { [`${hcsExport}.parameters[2].name`]: 'Period_Month' },
    [
      `${hcsExport}.parameters[2].name: the same as parameters[1].name; use another (case does not count)`,
    ],
  ],
  [
    'an unknown source of values, place, kind, system and SET option',
    {
      [`${hcsExport}.parameters[0].from`]: 'cod',
      [`${hcsExport}.kind`]: 'proc',
      'pipelines[0].freshness[0].place': 'errors',
      'entities[5].systems[1]': 'stekk',
      [`${stekExport}.overrides[3].setOptions[0]`]: 'FORCE_PLAN',
      [`${stekExport}.transaction`]: 'nono',
    },
    [
      'entities[5].systems[1]: "stekk" is not a system; use one of hcs, stek, ab, flexibee, abra-gen (did you mean stek?)',
      `${hcsExport}.kind: "proc" is not a kind of stage; use one of procedure, flexibee, dynsql`,
      `${hcsExport}.parameters[0].from: "cod" is not a source of values; use one of code, entity, source name, user, run id, month, year, yyyymm, first day of month, last day of month, first day of next month, date of run (did you mean code?)`,
      'pipelines[0].freshness[0].place: "errors" is not a name of a place; use another than at and errors',
      `${stekExport}.transaction: "nono" is not a way to call in a transaction; use one of own, none (did you mean none?)`,
      `${stekExport}.overrides[3].setOptions[0]: "FORCE_PLAN" is not a SET option allowed here; use one of FORCEPLAN, NOCOUNT, XACT_ABORT (did you mean FORCEPLAN?)`,
    ],
  ],
  ...[0, -5, '60', 90_000].map((seconds): [string, Record<string, Json>, string[]] => [
    `a time limit of ${JSON.stringify(seconds)} seconds`,
    { [`${crude}.timeoutSeconds`]: seconds },
    [
      seconds === 90_000
        ? `${crude}.timeoutSeconds: longer than a day; use seconds from 1 to 86400`
        : `${crude}.timeoutSeconds: ${JSON.stringify(seconds)} is not a time limit; use seconds from 1 to 86400`,
    ],
  ]),
  [
    'periods that are none',
    { 'periods.from': '2018-13', 'periods.timeZone': 'Europe/Moskow' },
    [
      'periods.from: "2018-13" is not a month; use yyyy-mm, such as 2018-01',
      'periods.timeZone: "Europe/Moskow" is not a time zone; use an IANA name, such as Europe/Moscow',
    ],
  ],
  [
    'a code of digits only, which JavaScript would list first, and descriptions that are none',
    {
      'dataSources[0].code': '0001',
      'dataSources[1].description': ' ',
      'dataSources[2].description': { de: 'Zahlungen', cs: 'Platby' },
      'entities[0].description': {},
      'entities[1].description': { cs: '' },
    },
    [
      'dataSources[0].code: "0001" is not a code; use 1 to 63 letters, digits, _ and -, at least one of them no digit (Latin letters)',
      'dataSources[1].description: " " is not a description; use text for people',
      'dataSources[2].description.de: "de" is not a language; use one of en, cs, ru',
      'entities[0].description: an object is not a description; use text for people, or one in each of some languages: {"en": …, "cs": …, "ru": …}',
      'entities[1].description.cs: "" is not a description; use text for people',
    ],
  ],
  [
    'a code longer than the parameter it is passed in',
    { 'dataSources[0].code': '0c01-new' },
    [
      'dataSources[0].code: "0c01-new" is too long for @CurDataAreaId varchar(4) of export; use at most 4 characters',
    ],
  ],
  [
    'a code longer than the parameter of a freshness query',
    {
      'dataSources[14].code': 'z'.repeat(21),
      [`${stekExport}.overrides[0].codes`]: ['z'.repeat(21)],
    },
    [
      `dataSources[14].code: "${'z'.repeat(21)}" is too long for @code varchar(20) of freshness in crude; use at most 20 characters`,
      `dataSources[14].code: "${'z'.repeat(21)}" is too long for @code varchar(20) of freshness in heap; use at most 20 characters`,
      `dataSources[14].code: "${'z'.repeat(21)}" is too long for @code varchar(20) of check totals in crude; use at most 20 characters`,
      `dataSources[14].code: "${'z'.repeat(21)}" is too long for @code varchar(20) of check totals in heap; use at most 20 characters`,
    ],
  ],
  [
    'a circle of pipelines, once',
    { 'pipelines[2].next': 'hcs' },
    [
      'pipelines[0].next: goes round in a circle, hcs → ab → hcs; leave it out in one of them',
      // Now that STEK goes through the export of HCS too:
      'dataSources[12].code: "region" is too long for @CurDataAreaId varchar(4) of export; use at most 4 characters',
      'dataSources[14].code: "zagser" is too long for @CurDataAreaId varchar(4) of export; use at most 4 characters',
    ],
  ],
  [
    'a pipeline that follows itself',
    { 'pipelines[2].next': 'ab' },
    ['pipelines[2].next: goes round in a circle, ab → ab; leave it out in one of them'],
  ],
  [
    'a stage and a place named twice on one way',
    { [`${crude}.stage`]: 'export', 'pipelines[2].freshness[1].place': 'crude' },
    [
      `${crude}.stage: "export" comes twice on the way of hcs, see pipelines[0].stages[0].stage`,
      'pipelines[2].freshness[1].place: "crude" comes twice on the way of hcs, see pipelines[2].freshness[0].place',
      'pipelines[0].checks[0].before: "crude" is not a stage on the way of bank_code of all; use one of export, heap',
      'pipelines[1].checks[0].before: "crude" is not a stage on the way of equipment of stek; use one of export, heap',
    ],
  ],
  [
    'a shared stage in two pipelines, which one call could not serve',
    {
      'pipelines[5]': {
        id: 'other',
        stages: [
          {
            stage: 'crude',
            kind: 'procedure',
            once: 'entity',
            database: 'ab',
            procedure: 'crude.sp_load_{entity}',
          },
        ],
      },
    },
    [
      `pipelines[5].stages[0].stage: "crude" comes twice among the stages that are called once for several, see ${crude}.stage`,
    ],
  ],
  [
    'two sources that stand for the same ones, and one that stands for none',
    {
      'dataSources[14].standsFor': { systems: ['hcs'], entities: ['city'] },
      'dataSources[15].standsFor.systems': ['hcs', 'flexibee'],
    },
    [
      'dataSources[14].standsFor.entities[0]: "city" is not an entity of stek; use one of equipment, meter, premises, personal_account, personal_account_meter, personal_account_parameter, meter_reading, payment, charge_detail, personal_saldo, recalculation, turnover_balance_sheet',
      'dataSources[15].standsFor.systems[1]: all stands for flexibee, which has none of these entities; leave it out',
      'dataSources[15].standsFor.entities: zagser stands for 0c01 already where city is concerned; leave it out',
      'dataSources[14].system: no entity is in stek; add it to "systems" of its entities',
    ],
  ],
  [
    'a source that stands for others without saying for which',
    { 'dataSources[15].standsFor.systems': undefined },
    ['dataSources[15].standsFor: for no source; give codes or systems'],
  ],
  [
    'a choice of entities that a source does not have',
    { 'dataSources[12].except': { entities: ['room'] } },
    [
      /^dataSources\[12\]\.except\.entities\[0\]: "room" is not an entity of stek; use one of equipment/,
    ],
  ],
  [
    'entities that come after one another in a circle, each once',
    {
      'entities[5].after': ['premises'],
      'entities[7].after': ['personal_account'],
      'entities[8].after': ['meter'],
      'entities[9].after': ['personal_account_meter'],
      'entities[10].after': ['acount'],
    },
    [
      /^entities\[10\]\.after\[0\]: "acount" is not an entity; use one of/,
      'entities[5].after: goes round in a circle, meter → premises → personal_account → meter; leave it out in one of them',
      'entities[9].after: goes round in a circle, personal_account_meter → personal_account_meter; leave it out in one of them',
    ],
  ],
  [
    'a stage that comes after one that does not stand before it',
    { [`${crude}.after`]: ['heap'], 'pipelines[0].stages[0].after': ['crude'] },
    [
      'pipelines[0].stages[0].after[0]: "crude" is not a stage before export; it is the first',
      `${crude}.after[0]: "heap" is not a stage before crude; use export`,
    ],
  ],
  [
    'a source whose system has no entity',
    { 'dataSources[14].system': 'ab', [`${stekExport}.overrides[0]`]: undefined },
    ['dataSources[14].system: no entity is in ab; add it to "systems" of its entities'],
  ],
  [
    'an entity in no system',
    { 'entities[2].systems': [] },
    ['entities[2].systems: empty; name at least one of systems'],
  ],
  [
    'an entity in an unknown system',
    { 'entities[2].systems': ['hsc'] },
    [
      'entities[2].systems[0]: "hsc" is not a system; use one of hcs, stek, ab, flexibee, abra-gen (did you mean hcs?)',
    ],
  ],
  [
    'two STEK sources in one database, which nothing tells apart',
    { 'dataSources[12].database': 'stek' },
    [
      'dataSources[12].database: export cannot tell region and stek apart in stek; use a database for each or a parameter from code',
    ],
  ],
  [
    'an HCS export that is not told the area',
    { [`${hcsExport}.parameters[0]`]: undefined },
    [...'0c05 0c06 0c08 0c10 0c20 0c21 0c23 0t10 1c10 2c10'.split(' ').entries()].map(
      ([index, area]) =>
        `dataSources[${index + 1}].database: export cannot tell ${area} and 0c01 apart in hcs; use a database for each or a parameter from code`,
    ),
  ],
  [
    'a dated entity whose month goes nowhere',
    { [`${stekExport}.overrides[2].parameters`]: [] },
    [15, 16].map(
      (index) =>
        `entities[${index}].dated: true, but no stage of stek takes the month; add a parameter from the month, or say it is not for this system: "overrides": [{ "systems": ["stek"], "dated": false }]`,
    ),
  ],
  [
    'a stage that is called once and depends on what it is called for',
    {
      [`${crude}.parameters`]: [code('code')],
      'pipelines[2].stages[1].once': 'run',
    },
    [
      `${crude}.parameters[0].from: "code" in a stage that is called once for each entity; use another`,
      'pipelines[2].stages[1].once: heap is called once for each run, and its procedure would differ: heap.sp_load_to_heap_from_crude_bank_code for bank_code of all, heap.sp_load_to_heap_from_crude_benefit_provider for benefit_provider of all',
    ],
  ],
  [
    'a stage that is called once and has another limit for one source',
    { [`${crude}.overrides`]: [{ codes: ['mo'], timeoutSeconds: 60 }] },
    [
      `${crude}.once: crude is called once for each entity, and its timeoutSeconds would differ: null for equipment of all, 60 for equipment of mo`,
    ],
  ],
  [
    'a stage that is called once, without a database',
    { 'pipelines[2].database': undefined },
    [
      `${crude}.database: missing; a stage that is called once for each entity needs the id of one database`,
      'pipelines[2].stages[1].database: missing; a stage that is called once for each entity needs the id of one database',
    ],
  ],
  [
    'answers to return values that are none, in every place',
    {
      'pipelines[0].returnValue': 'Zero',
      [`${crude}.returnValue`]: 0,
      [`${stekExport}.overrides[0].returnValue`]: 'warning',
      'servers[0].returnValue': 'zero',
    },
    [
      'servers[0].returnValue: not a key of a server; use id, description, guess, stagesAtOnce',
      'pipelines[0].returnValue: "Zero" is not an answer to return values; use one of zero, warn, ignore (did you mean zero?)',
      `${stekExport}.overrides[0].returnValue: "warning" is not an answer to return values; use one of zero, warn, ignore`,
      `${crude}.returnValue: 0 is not an answer to return values; use one of zero, warn, ignore`,
    ],
  ],
  [
    'overrides without effect',
    {
      [`${stekExport}.overrides[0]`]: { repeatable: false },
      [`${stekExport}.overrides[1]`]: { description: 'nothing', codes: ['mo'] },
      [`${stekExport}.overrides[2]`]: { entities: ['room', 'meter'], repeatable: false },
      [`${stekExport}.overrides[3]`]: { entities: ['meter'], systems: ['hcs'], repeatable: false },
      [`${stekExport}.except`]: { codes: ['0c10'] },
      'entities[5].overrides': [{ codes: ['0c10', 'all'], dated: true }, { systems: ['stek'] }],
    },
    [
      `${stekExport}.overrides[0]: for everything; give entities, codes or systems, or change the field itself`,
      `${stekExport}.overrides[1]: changes nothing; give a field or leave it out`,
      `${stekExport}.overrides[2].entities[0]: "room" is not an entity that comes through stek; use one of equipment, meter, premises, personal_account, personal_account_meter, personal_account_parameter, meter_reading, payment, charge_detail, personal_saldo, recalculation, turnover_balance_sheet`,
      `${stekExport}.overrides[3].systems[0]: "hcs" is not a system that comes through stek; use stek`,
      `${stekExport}.overrides[3]: applies to nothing; no entity of a data source matches all of it`,
      `${stekExport}.except.codes[0]: "0c10" is not a code that comes through stek; use one of stek, region, mo, zagser`,
      `${stekExport}.except: applies to nothing; no entity of a data source matches all of it`,
      'entities[5].overrides[0].codes[1]: "all" is not a code that has meter; use one of 0c01, 0c05, 0c06, 0c08, 0c10, 0c20, 0c21, 0c23, 0t10, 1c10, 2c10, stek, region, mo, zagser',
      'entities[5].overrides[1]: changes nothing; give a field or leave it out',
    ],
  ],
  [
    'a data source with a database and a company, and one with neither',
    { 'dataSources[0].company': company, 'dataSources[1].database': undefined },
    [
      'dataSources[0].company: beside a database; leave one of them out',
      'dataSources[1].database: missing; use the id of a database, or give a company or a connection',
    ],
  ],
  [
    'a company whose members are wrong, without showing its connection',
    {
      'dataSources[16].company.server': 'flexi',
      'dataSources[16].company.connection': 'Url=https://flexi;Password=hunter2',
      'dataSources[16].company.name': 'c/demo',
      'dataSources[16].company.journalDays': 0,
      'dataSources[16].company.onRegression': 'restart',
      'dataSources[16].company.reconcile': '2:30',
      'dataSources[16].company.pollMinutes': 0,
      'dataSources[16].company.pageSize': 5,
      'dataSources[16].company.requestsAtOnce': 33,
      'dataSources[16].company.requestsPerDay': 'many',
      'dataSources[16].company.lateMinutes': 90_000,
    },
    [
      'dataSources[16].company.server: "flexi" is not a server; use one of dcdb, server, sql01comfort, ab, flexibee, abra-gen',
      'dataSources[16].company.connection: not the name of a setting; use capitals, digits and _, such as SQL_HCS',
      'dataSources[16].company.name: "c/demo" is not the name of a company; use it as in /c/<name>: 1 to 63 letters, digits, _, . and -',
      'dataSources[16].company.journalDays: 0 is not a number of days; use a whole number from 1 to 36500',
      'dataSources[16].company.onRegression: "restart" is not an answer to versions that went back; use one of stop, reload',
      'dataSources[16].company.reconcile: "2:30" is not a time of day; use hh:mm by the clock of periods.timeZone, such as 02:30, or false',
      'dataSources[16].company.pollMinutes: 0 is not an interval of polls; use whole minutes from 1 to 60',
      'dataSources[16].company.pageSize: 5 is not a page size; use a whole number from 10 to 1000',
      'dataSources[16].company.requestsAtOnce: 33 is not a number of requests; use a whole number from 1 to 32',
      'dataSources[16].company.requestsPerDay: "many" is not a number of requests a day; use a whole number from 100 to 10000000, or leave it out where there is no limit',
      'dataSources[16].company.lateMinutes: longer than a day; use whole minutes from 1 to 1440',
    ],
  ],
  [
    'a company in a system of databases, and the other way round',
    {
      'dataSources[16].system': 'ab',
      'dataSources[14].system': 'flexibee',
      [`${stekExport}.overrides[0]`]: undefined,
    },
    [
      'dataSources[16].system: no entity is in ab; add it to "systems" of its entities',
      'dataSources[14].database: flexibee begins with a flexibee stage, which needs a company; give company in place of database',
      'dataSources[16].system: flexi-demo is a company, and ab does not begin with a flexibee stage; use one that does',
    ],
  ],
  [
    'one company under two codes',
    {
      'dataSources[18]': {
        code: 'again',
        description: 'x',
        system: 'flexibee',
        company: { ...company, name: 'DEMO' },
      },
    },
    ['dataSources[18].company.name: the company of flexi-demo already; use another'],
  ],
  [
    'a company that stands for others',
    { 'dataSources[16].standsFor': { codes: ['mo'], entities: ['banka'] } },
    [
      'dataSources[16].standsFor.codes[0]: flexi-demo stands for mo, which has none of these entities; leave it out',
      'dataSources[16].standsFor: given for a company; leave it out',
    ],
  ],
  [
    'an entity of a company that is dated',
    { 'entities[21].dated': true },
    ['entities[21].dated: true, but flexibee is followed by version, not by month; use false'],
  ],
  [
    'a flexibee stage with what only a procedure call has',
    {
      [`${load}.once`]: 'entity',
      [`${load}.succeeds`]: [{ of: 'rows', atLeast: 1 }],
      'pipelines[3].database': undefined,
      [`${load}.parameters`]: [code('code')],
      [`${load}.overrides`]: [{ entities: ['banka'], setOptions: ['NOCOUNT'], transaction: 'own' }],
    },
    [
      `${load}.succeeds[0].of: "rows" with NOCOUNT in setOptions, under which none are counted`,
      `${load}.parameters[0].from: "code" in a stage that is called once for each entity; use another`,
      `${load}.database: missing; a stage that is called once for each entity needs the id of one database`,
      `${load}.database: missing; a flexibee stage needs the id of one database`,
      'pipelines[3].freshness[0].database: missing; flexi-demo is a company and has no database of its own',
      `${load}.once: given for a flexibee stage; leave it out`,
      `${load}.parameters: given for a flexibee stage, whose procedure gets pages of changes; leave it out`,
      `${load}.succeeds: given for a flexibee stage, whose procedure gets pages of changes; leave it out`,
      `${load}.overrides[0].setOptions: given for a flexibee stage, whose procedure gets pages of changes; leave it out`,
      `${load}.overrides[0].transaction: given for a flexibee stage, whose procedure has transactions of its own; leave it out`,
    ],
  ],
  [
    'what follows a flexibee stage: another one, without a database, not repeatable',
    {
      'pipelines[3].stages[1]': { ...flexibeeStage, stage: 'again' },
      'pipelines[3].stages[2]': { stage: 'heap', procedure: 'heap.sp_{entity}', repeatable: false },
      'pipelines[3].database': undefined,
    },
    [
      'pipelines[3].stages[1].kind: "flexibee" after another stage of flexibee; put it first',
      'pipelines[3].stages[0].database: missing; a flexibee stage needs the id of one database',
      'pipelines[3].stages[2].database: missing; flexi-demo is a company and has no database of its own',
      'pipelines[3].freshness[0].database: missing; flexi-demo is a company and has no database of its own',
      'pipelines[3].stages[2].repeatable: missing or false on the way of flexi-demo, where calls are repeated; make the procedure so, and use true',
    ],
  ],
  ...['runs', 'Flexibee', 'health', 'valid_codes', 'boards', 'events'].map(
    (id): [string, Record<string, Json>, string[]] => [
      `a connection that is called as a path of the app, ${id}`,
      { 'connections[0].id': id },
      [
        `connections[0].id: "${id}" is not an id of a connection; use another, for these begin paths of the app: sync_status, valid_codes, data_source_sync, entity_sync, runs, boards, schedules, overview, history, events, ages, flexibee, dynsql, catalog, me, page, health, openapi.json, mcp, audit, closures, acknowledgements, admin, runtime`,
      ],
    ],
  ),
  [
    'a source that is called as what anything may follow in a path of the app',
    { 'dataSources[0].code': 'Runs' },
    [
      'dataSources[0].code: "Runs" is not a code; use another, for these begin paths of the app: runs, boards, schedules, flexibee, page, admin, runtime',
    ],
  ],
  [
    'an entity that is called so',
    { 'entities[37].name': 'boards' },
    [
      'entities[37].name: "boards" is not a name; use another, for these begin paths of the app: runs, boards, schedules, flexibee, page, admin, runtime',
    ],
  ],
  [
    'a source of a connection where there are no connections at all',
    { connections: undefined },
    ['dataSources[17].connection: "demodata" is not a connection; there is none'],
  ],
  [
    'connections whose members are wrong, without showing the setting',
    {
      'connections[0].database': 'abb',
      'connections[1].server': 'abra',
      'connections[1].connection': 'Url=https://gen;Password=hunter2',
      'connections[1].name': 'demo/data',
      'connections[1].database': 'ab',
      'connections[2]': { id: 'AB', kind: 'abragen' },
    },
    [
      `connections[0].database: "abb" is not a database; use one of ${databases} (did you mean ab?)`,
      'connections[1].server: "abra" is not a server; use one of dcdb, server, sql01comfort, ab, flexibee, abra-gen',
      'connections[1].connection: not the name of a setting; use capitals, digits and _, such as SQL_HCS',
      'connections[1].name: "demo/data" is not the name of a connection; use it as in the paths of ABRA Gen: 1 to 63 letters, digits, _, -, . and blanks',
      'connections[1].database: not a key of a connection to ABRA Gen; use id, description, guess, kind, server, connection, name',
      'connections[2].kind: "abragen" is not a kind of connection; use one of database, abra-gen (did you mean abra-gen?)',
      'connections[2].id: the same as connections[0].id; use another (case does not count)',
    ],
  ],
  [
    'a data source with a connection in a system of databases, and the other way round',
    {
      'dataSources[14].system': 'abra-gen',
      'dataSources[17].system': 'stek',
      [`${stekExport}.overrides[0]`]: undefined,
    },
    [
      'dataSources[14].database: abra-gen begins with a dynsql stage, which needs a connection; give connection in place of database',
      'dataSources[17].system: gen-demodata is a connection, and stek does not begin with a dynsql stage; use one that does',
      'pipelines[1].stages[0].database: missing; gen-demodata is a connection and has no database of its own',
      'pipelines[1].freshness[0].database: missing; gen-demodata is a connection and has no database of its own',
      'pipelines[1].checks[0].database: missing; gen-demodata is a connection and has no database of its own',
      ...[0, 1, 2, 3].map(
        (index) =>
          `entities[${query + index}].dynsql: given, but no data source of its systems has a connection; leave it out`,
      ),
    ],
  ],
  [
    'a data source with an unknown connection, and one with two places',
    { 'dataSources[17].connection': 'demo', 'dataSources[0].connection': 'demodata' },
    [
      'dataSources[0].connection: beside a database; leave one of them out',
      'dataSources[17].connection: "demo" is not a connection; use one of ab, demodata',
    ],
  ],
  [
    'a data source that would load a database of ours into itself',
    { 'dataSources[17].connection': 'ab' },
    [
      'dataSources[17].connection: ab is a database of ours, whose rows are there already; use a connection of kind abra-gen',
    ],
  ],
  [
    'queries that are missing, have no month, have one too many, or go nowhere',
    {
      [`entities[${query}].dynsql`]: undefined,
      [`entities[${query + 1}].dynsql.period`]: undefined,
      [`entities[${query + 2}].dated`]: false,
      'entities[2].dynsql': { definition: '01B4XCTHYNDL3C5P00CA141B44', select: ['ID'] },
    },
    [
      `entities[${query}].dynsql: missing; gen-demodata is a connection and needs to know what to ask`,
      'entities[2].dynsql: given, but no data source of its systems has a connection; leave it out',
      `entities[${query + 1}].dynsql.period: missing; the query of a dated entity needs a condition for the month`,
      `entities[${query + 2}].dynsql.period: given for an entity without a date; use dated: true`,
    ],
  ],
  [
    'a dynsql stage with what only a procedure call has',
    {
      'pipelines[4].database': undefined,
      'pipelines[4].stages[0].setOptions': ['NOCOUNT'],
      'pipelines[4].stages[0].transaction': 'none',
    },
    [
      'pipelines[4].stages[0].database: missing; a dynsql stage needs the id of one database',
      'pipelines[4].freshness[0].database: missing; gen-demodata is a connection and has no database of its own',
      'pipelines[4].stages[0].setOptions: given for a dynsql stage, whose procedure gets rows of a query; leave it out',
      'pipelines[4].stages[0].transaction: given for a dynsql stage, whose procedure has transactions of its own; leave it out',
    ],
  ],
  [
    'an entity longer than the parameter it is passed in',
    { 'pipelines[3].freshness[0].parameters[1].type': 'nvarchar(20)' },
    [
      'entities[23].name: "faktura-vydana-polozka" is too long for @evidence nvarchar(20) of freshness in crude; use at most 20 characters',
    ],
  ],
  [
    'two entities that would be one name in SQL Server',
    {
      'entities[33]': {
        name: 'Faktura_vydana',
        description: 'x',
        dated: false,
        systems: ['flexibee'],
      },
    },
    ['entities[33].name: the same as entities[22].name; use another (case does not count)'],
  ],
  [
    'lists that are empty or none',
    { servers: [], 'pipelines[2].stages': [], entities: { meter: true } },
    [
      'servers: empty; name at least one of servers',
      'entities: an object is not a list of entities; use […]',
      'pipelines[2].stages: empty; name at least one of stages',
    ],
  ],
];

describe('faults of a catalogue', () => {
  for (const [what, edits, expected] of cases) {
    it(`lists ${what}`, () => {
      const faults = faultsOf(edits);
      for (const [index, line] of expected.entries()) {
        if (typeof line === 'string') assert.equal(faults[index], line);
        else assert.match(faults[index] ?? '', line);
      }
      assert.equal(faults.length, expected.length, faults.slice(expected.length).join('\n'));
    });
  }

  it('lists faults within entries and among them in one reading', () => {
    const faults = faultsOf({
      'entities[2].dated': 'no',
      'pipelines[2].next': 'ab',
      'dataSources[12].database': 'stek',
      'servers[1].id': 'dcdb',
    });
    assert.deepEqual(
      faults.map((line) => line.split(':')[0]),
      [
        'databases[1].server',
        'databases[2].server',
        'entities[2].dated',
        'servers[1].id',
        'pipelines[2].next',
        'dataSources[12].database',
      ],
    );
  });

  for (const value of [undefined, null, 7, 'catalogue', [], [[]], () => 0, 10n, Symbol('s')]) {
    it(`refuses ${String(value) || 'an empty list'} (${typeof value})`, () => {
      assert.throws(
        () => parseCatalog(value),
        (error: unknown) => {
          assert.ok(error instanceof CatalogError);
          assert.match(
            error.faults[0] ?? '',
            /^\(root\): .*use an object with description, periods/,
          );
          return true;
        },
      );
    });
  }

  it('says how many faults there are and where the catalogue came from', () => {
    const text = JSON.stringify({ ...Object(shippedJson()), servers: 'none', periods: 1 });
    assert.throws(
      () => parseCatalogText(text, 'catalogs/north.json'),
      (error: unknown) => {
        assert.ok(error instanceof CatalogError);
        assert.match(error.message, /^catalogs\/north\.json has \d+ faults:\n- periods: 1 is not/);
        for (const fault of error.faults) assert.ok(error.message.includes(`\n- ${fault}`));
        return true;
      },
    );
  });
});

describe('a catalogue of an operator', () => {
  it('may begin with a byte order mark', () => {
    const text = `\uFEFF${JSON.stringify(shippedJson())}`;
    assert.equal(Object.keys(parseCatalogText(text, 'x').codes()).length, 18);
  });

  it('gives stages and single entities a time limit and forbids repeating', () => {
    const json = shippedJson();
    edit(json, stepsOf(`${crude}.timeoutSeconds`), 3600);
    edit(json, stepsOf(`${crude}.overrides`), [
      { entities: ['turnover_balance_sheet'], timeoutSeconds: 7200, repeatable: false },
    ]);
    const catalog = parseCatalog(json);
    const period = { month: 7, year: 2019 };
    const limits = ['meter', 'turnover_balance_sheet'].map((name) =>
      catalog
        .stages({ name, code: 'mo', period })
        .map((stage) => [stage.stage, stage.timeoutSeconds, stage.repeatable]),
    );
    assert.deepEqual(limits, [
      [
        ['export', undefined, true],
        ['crude', 3600, true],
        ['heap', undefined, true],
      ],
      [
        ['export', undefined, true],
        ['crude', 7200, false],
        ['heap', undefined, true],
      ],
    ]);
  });

  it('adds a data source and an entity with the very lines of docs/catalog.md', async () => {
    const page = await readFile(new URL('../../docs/catalog.md', import.meta.url), 'utf8');
    const blocks = [...page.matchAll(/```json\n(.*?)```/gs)].map(([, text = '']) =>
      JSON.parse(text),
    );
    const [flexi, standsFor, dated, titled, window, parameters, succeeds, checks, ...others] =
      blocks;
    const [override, database, dataSource, entity] = others;
    assert.equal(blocks.length, 12);
    const json = shippedJson();
    const settings = new Map([
      ['STAGE', 'test'],
      ['FLEXIBEE_COMPANY', 'firma'],
    ]);
    const replaced = withSettings(flexi, { value: (name) => settings.get(name) });
    assert.deepEqual(replaced.faults, []);
    edit(json, ['dataSources', 16], replaced.value as Json);
    edit(json, stepsOf(`${crude}.overrides`), [override]);
    const { stage: name, kind, procedure } = Object(shippedJson()).pipelines[0].stages[0];
    const [code] = Object(shippedJson()).pipelines[0].stages[0].parameters;
    const call = { procedure, parameters: [code, ...parameters], succeeds, window };
    const stage = { stage: name, kind, ...call };
    edit(json, stepsOf(hcsExport), stage);
    for (const nth of [0, 1]) edit(json, stepsOf(`pipelines[${nth}].checks`), [checks[0]]);
    edit(json, stepsOf('pipelines[2].checks'), [checks[1]]);
    edit(json, ['databases', 6], database);
    edit(json, ['dataSources', 18], dataSource);
    edit(json, ['entities', 34], entity);
    edit(json, ['entities', 38], dated);
    const payment = Object(json).entities.findIndex(
      (one: typeof titled) => one.name === titled.name,
    );
    edit(json, ['entities', payment, 'description'], titled.description);
    edit(json, stepsOf('dataSources[15].standsFor'), {
      ...standsFor,
      entities: [...standsFor.entities, 'tariff'],
    });
    const catalog = parseCatalog(json);
    assert.deepEqual(
      ([undefined, 'cs', 'ru', 'en'] as const).map((one) => catalog.names('mo', one)?.['payment']),
      ['Оплата', 'Platby', 'Оплата', 'Оплата'],
    );
    assert.equal(catalog.codes()['flexi'], 'FlexiBee test');
    assert.equal(catalog.companies[0]?.name, 'firma');
    const compared = catalog.checks({
      ...{ name: 'payment', code: 'mo', period: { month: 7, year: 2019 } },
    });
    assert.deepEqual(
      compared.map(({ place, before, onDifference, timeoutSeconds }) => {
        return [place, before, onDifference, timeoutSeconds];
      }),
      [
        ['source', 'crude', 'warn', 60],
        ['heap', 'export', 'fail', 60],
      ],
    );
    assert.equal(catalog.codes()['north'], 'СТЕК — север');
    assert.equal(sourceServer(catalog, 'north'), 'server');
    assert.deepEqual(catalog.entityOrder('north').slice(-2), ['tariff', 'reading']);
    assert.deepEqual(
      [catalog.isDated('reading', '0c10'), catalog.isDated('reading', 'mo')],
      [true, false],
    );
    const calls = ['north', '0c10'].map((code) =>
      catalog.stages({ name: 'tariff', code }).map((stage) => {
        const { schema, name } = stage.procedure;
        return `${stage.code ?? '*'} ${stage.database} ${schema}.${name}`;
      }),
    );
    const shared = [
      '* ab crude.sp_load_datasource_tariff',
      '* ab heap.sp_load_to_heap_from_crude_tariff',
    ];
    assert.deepEqual(calls, [
      ['north north dbo.sp_export_to_bill_ab_tariff', ...shared],
      ['all hcs dbo.sp_export_to_bill_ab_tariff', ...shared],
    ]);
  });

  it('adds a company with the very lines of docs/flexibee.md', async () => {
    const page = await readFile(new URL('../../docs/flexibee.md', import.meta.url), 'utf8');
    const [, block = ''] = /```json\n(.*?)```/s.exec(page) ?? [];
    const json = shippedJson();
    edit(json, ['dataSources', 18], JSON.parse(block));
    const catalog = parseCatalog(json);
    assert.deepEqual(catalog.companies[1], {
      code: 'flexi-brno',
      server: 'flexibee',
      connection: 'FLEXIBEE_BRNO',
      name: 'brno_s_r_o_',
      journalDays: 365,
      onRegression: 'stop',
      reconcile: '02:30',
      paused: false,
      pageSize: 1000,
      requestsAtOnce: 4,
      lateMinutes: 60,
    });
    assert.deepEqual(catalog.entityOrder('flexi-brno'), catalog.entityOrder('flexi-demo'));
  });

  for (const [limit, numbers] of [
    [
      'least',
      {
        ...{ journalDays: 1, pollMinutes: 1, pageSize: 10 },
        ...{ requestsAtOnce: 1, requestsPerDay: 100, lateMinutes: 1 },
      },
    ],
    [
      'most',
      {
        ...{ journalDays: 36_500, pollMinutes: 60, pageSize: 1_000 },
        ...{ requestsAtOnce: 32, requestsPerDay: 10_000_000, lateMinutes: 1_440 },
      },
    ],
  ] as const) {
    it(`takes the ${limit} of each number of a company`, () => {
      const json = shippedJson();
      for (const [name, value] of Object.entries(numbers)) {
        edit(json, ['dataSources', 16, 'company', name], value);
      }
      assert.partialDeepStrictEqual(parseCatalog(json).companies[0], numbers);
    });
  }

  it('is refused with the faults that docs/catalog.md shows', async () => {
    const page = await readFile(new URL('../../docs/catalog.md', import.meta.url), 'utf8');
    const shown = faultsOf({
      'databases[0].server': 'DCDB',
      'entities[1].dateed': true,
      'dataSources[12].database': 'stek',
    });
    assert.equal(shown.length, 3);
    for (const fault of shown) assert.ok(page.includes(`\n- ${fault}\n`), fault);
  });
});
