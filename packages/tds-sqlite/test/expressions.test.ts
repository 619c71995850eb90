import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { SqlValue } from '../src/procedure.ts';
import { startInstance, type TestInstance, type TestSession } from './harness.ts';

const bytes = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'));

let instance: TestInstance;
let session: TestSession;

before(async () => {
  instance = await startInstance();
  session = await instance.session();
});
after(() => instance.close());

/** Expression, its value, its type. */
const values: [string, SqlValue, string][] = [
  ['1', 1, 'int'],
  ['2147483648', '2147483648', 'decimal(10,0)'],
  ['1.50', '1.50', 'decimal(3,2)'],
  ['1e2', 100, 'float'],
  ["'a'", 'a', 'varchar(1)'],
  ["N'žluťoučký кот'", 'žluťoučký кот', 'nvarchar(13)'],
  ["'it''s'", "it's", 'varchar(4)'],
  ['NULL', null, 'int'],
  ['0x0aFF', bytes('0aff'), 'varbinary(2)'],
  ['7/2', 3, 'int'],
  ['-7/2', -3, 'int'],
  ['7%4', 3, 'int'],
  ['7/2.0', '3.500000', 'decimal(8,6)'],
  ['1.10+2.205', '3.305', 'decimal(5,3)'],
  ['1.5*1.25', '1.875', 'decimal(6,3)'],
  ['1+2*3', 7, 'int'],
  ['(1+2)*3', 9, 'int'],
  ['10-2-3', 5, 'int'],
  ['6&3', 2, 'int'],
  ['6|3', 7, 'int'],
  ['6^3', 5, 'int'],
  ['~5', -6, 'int'],
  ["'a'+'b'", 'ab', 'varchar(2)'],
  ["N'a'+'b'", 'ab', 'nvarchar(2)'],
  ["'1'+1", 2, 'int'],
  ["'a'+NULL", null, 'varchar(1)'],
  ["CONCAT('a',NULL,1,N'ё')", 'a1ё', 'nvarchar(4000)'],
  ["LEN('ab  ')", 2, 'int'],
  ["LEN(N'кот')", 3, 'int'],
  ["DATALENGTH(N'кот')", 6, 'int'],
  [
    "RIGHT(N'/c/кот/12.json', CHARINDEX('/', REVERSE('/' + N'/c/кот/12.json')) - 1)",
    '12.json',
    'nvarchar(14)',
  ],
  ["LEFT('abcdef',3)", 'abc', 'varchar(3)'],
  ["RIGHT('abcdef',2)", 'ef', 'varchar(2)'],
  ["SUBSTRING('abcdef',2,3)", 'bcd', 'varchar(3)'],
  ["SUBSTRING('abcdef',0,3)", 'ab', 'varchar(3)'],
  ["CHARINDEX('C','abc')", 3, 'int'],
  ["CHARINDEX('b','abcb',3)", 4, 'int'],
  ["PATINDEX('%[0-9]%','ab3c')", 3, 'int'],
  ["REPLACE('aXbx','x','-')", 'a-b-', 'varchar(8000)'],
  ["UPPER(N'ёжик')", 'ЁЖИК', 'nvarchar(4)'],
  ["LOWER(N'ŽLUŤ')", 'žluť', 'nvarchar(4)'],
  ["LTRIM(RTRIM('  a  '))", 'a', 'varchar(5)'],
  ["STUFF('abcdef',2,3,'XY')", 'aXYef', 'varchar(8000)'],
  ["REPLICATE('ab',3)", 'ababab', 'varchar(8000)'],
  ["REVERSE('abc')", 'cba', 'varchar(3)'],
  ["QUOTENAME('a]b')", '[a]]b]', 'nvarchar(258)'],
  ["FORMAT(CAST('2019-07-05' AS date),'dd.MM.yyyy')", '05.07.2019', 'nvarchar(4000)'],
  ["CAST('2019-07-05' AS date)", '2019-07-05', 'date'],
  ["CAST('20190705' AS date)", '2019-07-05', 'date'],
  [
    "CAST('2019-07-05 10:11:12.3456789' AS datetime2(3))",
    '2019-07-05T10:11:12.346',
    'datetime2(3)',
  ],
  ["CAST('2019-07-05T10:11:12.345' AS datetime)", '2019-07-05T10:11:12.347', 'datetime'],
  ["CAST('2019-07-05 10:11:31' AS smalldatetime)", '2019-07-05T10:12:00', 'smalldatetime'],
  ["CAST('1900-01-01' AS smalldatetime)", '1900-01-01T00:00:00', 'smalldatetime'],
  ["CAST('2079-06-06T23:59:00' AS smalldatetime)", '2079-06-06T23:59:00', 'smalldatetime'],
  ["CAST('1753-01-01' AS datetime)", '1753-01-01T00:00:00.000', 'datetime'],
  ["CAST('10:11:12.5' AS time(1))", '10:11:12.5', 'time(1)'],
  [
    "CAST('2019-07-05 10:11:12 +02:00' AS datetimeoffset(0))",
    '2019-07-05T10:11:12+02:00',
    'datetimeoffset(0)',
  ],
  ["CONVERT(varchar(10), CAST('2019-07-05' AS datetime), 104)", '05.07.2019', 'varchar(10)'],
  ["CONVERT(varchar(8), CAST('2019-07-05' AS datetime), 112)", '20190705', 'varchar(8)'],
  [
    "CONVERT(varchar(30), CAST('2019-07-05 13:04:05' AS datetime))",
    'Jul  5 2019  1:04PM',
    'varchar(30)',
  ],
  [
    "CONVERT(varchar(23), CAST('2019-07-05 13:04:05.123' AS datetime), 121)",
    '2019-07-05 13:04:05.123',
    'varchar(23)',
  ],
  ["CONVERT(datetime, '31.12.2019', 104)", '2019-12-31T00:00:00.000', 'datetime'],
  ["CONVERT(varbinary(4), '0x0102', 1)", bytes('0102'), 'varbinary(4)'],
  ['CONVERT(varchar(10), 0x0102, 2)', '0102', 'varchar(10)'],
  ['CAST(1.555 AS decimal(5,2))', '1.56', 'decimal(5,2)'],
  ['CAST(-1.555 AS decimal(5,2))', '-1.56', 'decimal(5,2)'],
  [
    'CAST(12345678901234567890.123456 AS decimal(38,6))',
    '12345678901234567890.123456',
    'decimal(38,6)',
  ],
  [
    'CAST(12345678901234567890.123456 AS decimal(38,6)) + 0.000001',
    '12345678901234567890.123457',
    'decimal(38,6)',
  ],
  ['CAST(1.9 AS int)', 1, 'int'],
  ["CAST(' 12 ' AS int)", 12, 'int'],
  ['CAST(9223372036854775807 AS bigint)', 9223372036854775807n, 'bigint'],
  ['CAST(1 AS bit)', true, 'bit'],
  ["CAST('true' AS bit)", true, 'bit'],
  ['CAST(12.345 AS money)', '12.3450', 'money'],
  ['CAST(0.1 AS float)', 0.1, 'float'],
  ['CAST(1234567.0 AS float)', 1234567, 'float'],
  ['CAST(CAST(1234567.0 AS float) AS varchar(20))', '1.23457e+006', 'varchar(20)'],
  [
    "CAST('6F9619FF-8B86-D011-B42D-00C04FC964FF' AS uniqueidentifier)",
    '6F9619FF-8B86-D011-B42D-00C04FC964FF',
    'uniqueidentifier',
  ],
  [
    "CAST(CAST('6F9619FF-8B86-D011-B42D-00C04FC964FF' AS uniqueidentifier) AS binary(16))",
    bytes('FF19966F868B11D0B42D00C04FC964FF'),
    'binary(16)',
  ],
  ["TRY_CAST('x' AS int)", null, 'int'],
  ["TRY_CONVERT(date, '2019-77-01')", null, 'date'],
  ["CAST('abcdef' AS varchar(3))", 'abc', 'varchar(3)'],
  ["CAST('ab' AS char(4))", 'ab  ', 'char(4)'],
  // char and varchar count bytes, and a letter that does not fit whole is left out.
  ["CAST(N'Žďár' AS char(10))", 'Žďár   ', 'char(10)'],
  ["CAST(N'žžž' AS varchar(3))", 'ž', 'varchar(3)'],
  ["CAST(N'žžž' AS nchar(4))", 'žžž ', 'nchar(4)'],
  ['CAST(123 AS varchar)', '123', 'varchar(30)'],
  ["ISNULL(CAST(NULL AS varchar(2)),'abc')", 'ab', 'varchar(2)'],
  ['COALESCE(NULL,1,2.5)', '1.0', 'decimal(11,1)'],
  ['NULLIF(1,1)', null, 'int'],
  ["NULLIF('a','A')", null, 'varchar(1)'],
  ["CASE WHEN 1=1 THEN 'a' ELSE 'bcd' END", 'a', 'varchar(3)'],
  ["CASE 2 WHEN 1 THEN 'x' WHEN 2 THEN N'ý' END", 'ý', 'nvarchar(1)'],
  ["IIF(1>2,'y','n')", 'n', 'varchar(1)'],
  ["CHOOSE(2,'a','b')", 'b', 'varchar(1)'],
  ['ABS(-5)', 5, 'int'],
  ['ROUND(123.456,2)', '123.460', 'decimal(6,3)'],
  ['ROUND(123.456,-1)', '120.000', 'decimal(6,3)'],
  ['ROUND(1234,-2)', 1200, 'int'],
  ['CEILING(1.2)', '2', 'decimal(38,0)'],
  ['FLOOR(-1.2)', '-2', 'decimal(38,0)'],
  ['POWER(2,10)', 1024, 'int'],
  ['SQRT(16)', 4, 'float'],
  ["DATEADD(month,1,CAST('2019-01-31' AS date))", '2019-02-28', 'date'],
  [
    "DATEADD(second,90,CAST('2019-01-31 23:59:00' AS datetime2(0)))",
    '2019-02-01T00:00:30',
    'datetime2(0)',
  ],
  // A datetime has every third millisecond, a smalldatetime minutes, however it was made.
  [
    "DATEADD(ms,1,CAST('2026-03-29 02:01:15.420' AS datetime))",
    '2026-03-29T02:01:15.420',
    'datetime',
  ],
  ["DATEADD(ms,74,'2026-03-29T02:01:15.420')", '2026-03-29T02:01:15.493', 'datetime'],
  ["DATEADD(ms,2,'2026-12-31T23:59:59.997')", '2027-01-01T00:00:00.000', 'datetime'],
  ['DATETIMEFROMPARTS(2026,1,2,3,4,5,6)', '2026-01-02T03:04:05.007', 'datetime'],
  [
    "DATEADD(second,40,CAST('2026-01-01 10:00' AS smalldatetime))",
    '2026-01-01T10:01:00',
    'smalldatetime',
  ],
  ["DATEDIFF(day,'2019-01-01','2019-03-01')", 59, 'int'],
  ["DATEDIFF(month,'2019-01-31','2019-02-01')", 1, 'int'],
  ["DATEDIFF(year,'2018-12-31','2019-01-01')", 1, 'int'],
  ["DATEDIFF_BIG(ms,'1970-01-01','2019-01-01')", 1546300800000n, 'bigint'],
  ["DATEPART(weekday,'2019-07-07')", 1, 'int'],
  ["DATEPART(iso_week,'2019-12-31')", 1, 'int'],
  ["DATEPART(quarter,'2019-12-31')", 4, 'int'],
  ["DATENAME(month,'2019-07-07')", 'July', 'nvarchar(30)'],
  ["YEAR('2019-07-07')", 2019, 'int'],
  ["YEAR(CAST('0019-07-08' AS date))", 19, 'int'],
  ["MONTH(CAST('2019-07-08' AS date))", 7, 'int'],
  ["DAY(CAST('2019-07-08T23:59:59.997' AS datetime))", 8, 'int'],
  ["DAY(CAST('2019-07-08 23:00:00 -05:00' AS datetimeoffset))", 8, 'int'],
  ["YEAR(TRY_CONVERT(date,'x'))", null, 'int'],
  ["EOMONTH('2020-02-03')", '2020-02-29', 'date'],
  ["EOMONTH('2020-01-03',1)", '2020-02-29', 'date'],
  ['DATEFROMPARTS(2019,7,5)', '2019-07-05', 'date'],
  ["CAST('2019-07-05' AS datetime) + 1", '2019-07-06T00:00:00.000', 'datetime'],
  [`JSON_VALUE(N'{"a":{"b":[1,"ž"]}}','$.a.b[1]')`, 'ž', 'nvarchar(4000)'],
  [`JSON_VALUE(N'{"@in-version":"5"}','$."@in-version"')`, '5', 'nvarchar(4000)'],
  [`JSON_VALUE(N'{"a":1.50}','$.a')`, '1.50', 'nvarchar(4000)'],
  [`JSON_VALUE(N'{"a":{"b":"c"}}','$.a')`, null, 'nvarchar(4000)'],
  [`JSON_VALUE(N'{"0":"a"}','$[0]')`, null, 'nvarchar(4000)'],
  [`JSON_VALUE(N'["a"]','$."0"')`, null, 'nvarchar(4000)'],
  [`JSON_QUERY(N'{"a":{"b":1.50}}','$.a')`, '{"b":1.50}', 'nvarchar(max)'],
  [`JSON_MODIFY(N'{"a":1}','$.b','x')`, '{"a":1,"b":"x"}', 'nvarchar(max)'],
  [`ISJSON('{"a":1}')`, 1, 'int'],
  [`ISJSON(N' [1, "\\u00e1"] ')`, 1, 'int'],
  [`ISJSON('[1')`, 0, 'int'],
  [`ISJSON('"text"')`, 0, 'int'],
  [`ISJSON(LEFT('{"a":1}x', 7))`, 1, 'int'],
  ['ISJSON(NULL)', null, 'int'],
  ["IIF(N'á' = N'Á', 1, 0)", 1, 'int'],
  ["IIF(N'á' = N'Á' COLLATE Latin1_General_BIN2, 1, 0)", 0, 'int'],
  ["IIF(N'a' COLLATE Latin1_General_CS_AS = N'a ', 1, 0)", 1, 'int'],
  ["IIF(N'a' COLLATE Czech_CI_AS = N'A', 1, 0)", 1, 'int'],
  ["IIF(N'a' COLLATE Latin1_General_BIN IN (N'A', N'b'), 1, 0)", 0, 'int'],
  ["ISNUMERIC('1.5')", 1, 'int'],
  [
    "HASHBYTES('SHA2_256','abc')",
    bytes('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'),
    'varbinary(8000)',
  ],
  ['@@TRANCOUNT', 0, 'int'],
  ['@@SERVERNAME', 'ab', 'nvarchar(128)'],
  ['DB_NAME()', 'AB', 'nvarchar(128)'],
  ['SUSER_SNAME()', 'tester', 'nvarchar(128)'],
  ['APP_NAME()', 'tests', 'nvarchar(128)'],
];

describe('expressions', () => {
  for (const [expression, expected, type] of values) {
    it(expression.slice(0, 100), async () => {
      const { sets, errors } = await session.run(`SELECT ${expression} AS v`);
      assert.deepEqual(errors, []);
      const actual = sets[0]?.rows.map((row) =>
        row.map((v) => (v instanceof Uint8Array ? new Uint8Array(v) : v)),
      );
      assert.deepEqual(actual, [[expected]]);
      assert.equal(sets[0]?.columns[0]?.type, type);
    });
  }
});

/** Condition, and whether it holds (null: unknown). */
const conditions: [string, boolean | null][] = [
  ["'a' = 'A'", true],
  ["N'Привет' = N'ПРИВЕТ'", true],
  ["N'ЁЛКА' <> N'ёлка'", false],
  ["'a ' = 'a'", true],
  ["'a' < 'B'", true],
  ['1 = 1.0', true],
  ["'5' = 5", true],
  ['NULL = NULL', null],
  ['NOT NULL = 1', null],
  ['1 IN (1,NULL)', true],
  ['2 IN (1,NULL)', null],
  ['2 NOT IN (1,NULL)', null],
  ["N'ДОМ' IN (N'дом', N'кот')", true],
  ["'abc' LIKE 'A%'", true],
  ["'abc' NOT LIKE 'A%'", false],
  ["N'Kód' LIKE N'k%'", true],
  ["'a' LIKE 'a %'", false],
  ["'a ' LIKE 'a %'", true],
  ["'12' LIKE '1.%'", false],
  ["12 LIKE '1%'", true],
  ["NULL LIKE 'a%'", null],
  ["'aBc' COLLATE Latin1_General_BIN2 LIKE 'ab%'", false],
  ["N'Привет' LIKE N'п[рт]и_ет'", true],
  ["'10%' LIKE '10!%' ESCAPE '!'", true],
  ["N'Привет' LIKE N'п%' COLLATE Cyrillic_General_CS_AS", false],
  ["N'Привет' COLLATE Cyrillic_General_CS_AS LIKE N'П%'", true],
  ["N'Привет' LIKE N'п%' COLLATE Cyrillic_General_CI_AS", true],
  ["N'a_[%\\' LIKE N'a\\_\\[\\%\\\\' COLLATE Czech_CS_AS ESCAPE '\\'", true],
  ["'a-b' LIKE 'a[-]b'", true],
  ["'ab' LIKE '[^a]b'", false],
  ['2 BETWEEN 1 AND 3', true],
  ['2 NOT BETWEEN 1 AND 3', false],
  ["CAST('2019-01-01' AS date) = '20190101'", true],
  ["CAST('2019-01-01' AS datetime2(0)) = CAST('2019-01-01' AS datetime2(7))", true],
  [
    "CAST('2019-01-01 12:00 +02:00' AS datetimeoffset) = CAST('2019-01-01 10:00 +00:00' AS datetimeoffset)",
    true,
  ],
  [
    'CAST(100000000000000000.01 AS decimal(20,2)) > CAST(99999999999999999.99 AS decimal(20,2))',
    true,
  ],
  ['EXISTS (SELECT 1)', true],
  ['NOT EXISTS (SELECT 1 WHERE 1 = 0)', true],
  ['1 = ANY (SELECT 1 UNION SELECT 2)', true],
  ['1 < ALL (SELECT 2 UNION SELECT 3)', true],
  ['(1 = 1 OR 1 = 2) AND NOT (1 = 2)', true],
  ['NULL IS NULL', true],
  ['1 IN (SELECT 1)', true],
  ["N'Ы' IN (SELECT N'ы')", true],
];

describe('conditions', () => {
  for (const [condition, expected] of conditions) {
    it(condition, async () => {
      const value = await session.value(
        `SELECT CASE WHEN ${condition} THEN 1 WHEN NOT (${condition}) THEN 0 END AS v`,
      );
      assert.equal(value === null ? null : value === 1, expected);
    });
  }
});

/** Batch, error number, severity, state. */
const failures: [string, number, number, number][] = [
  ['SELECT FROM t', 156, 15, 1],
  ['SELECT 1 +', 102, 15, 1],
  ['SELECT (1', 102, 15, 1],
  ["SELECT 'a", 105, 15, 1],
  ['SELECT 1 /* never closed', 113, 15, 1],
  ['SELECT * FROM nothing_here', 208, 16, 1],
  ['SELECT nothing_here', 207, 16, 1],
  ['SELECT t.x FROM sys.tables', 4104, 16, 1],
  ['SELECT @nothing', 137, 15, 2],
  ['EXEC nothing_here', 2812, 16, 62],
  ['SELECT 1/0', 8134, 16, 1],
  ['SELECT 1.0/0', 8134, 16, 1],
  ['SELECT 5%0', 8134, 16, 1],
  ["SELECT CAST('x' AS int)", 245, 16, 1],
  ["SELECT 1 + 'x'", 245, 16, 1],
  ["SELECT CAST('x' AS decimal(5,2))", 8114, 16, 5],
  ["SELECT CAST('x' AS date)", 241, 16, 1],
  ["SELECT CAST('2019-77-01' AS datetime)", 242, 16, 3],
  ["SELECT CAST('1752-12-31' AS datetime)", 242, 16, 3],
  ["SELECT CAST('1899-12-31' AS smalldatetime)", 242, 16, 3],
  ["SELECT CAST('2079-06-07' AS smalldatetime)", 242, 16, 3],
  ["SELECT CAST('x' AS uniqueidentifier)", 8169, 16, 2],
  ['SELECT DATEFROMPARTS(2019,77,1)', 289, 16, 1],
  ['SELECT 2147483647 + 1', 8115, 16, 2],
  ['SELECT CAST(300 AS tinyint)', 220, 16, 2],
  ['SELECT CAST(1000 AS decimal(3,1))', 8115, 16, 2],
  ['SELECT CAST(GETDATE() AS uniqueidentifier)', 529, 16, 1],
  ['SELECT 1 WHERE 1', 4145, 15, 1],
  ['SELECT NOFUNCTION(1)', 195, 15, 10],
  ['SELECT dbo.nofunction(1)', 4121, 16, 1],
  ['SELECT LEN()', 174, 15, 1],
  ["SELECT LEFT('a',-1)", 537, 16, 3],
  ['SELECT (SELECT 1 UNION SELECT 2)', 512, 16, 1],
  ['SELECT (SELECT 1, 2)', 116, 16, 1],
  ['SELECT 1 UNION SELECT 1, 2', 205, 16, 1],
  ["SELECT JSON_VALUE('x','$.a')", 13609, 16, 4],
  ["SELECT x FROM OPENJSON('[{') WITH (x int)", 13609, 16, 4],
  ["SELECT x FROM OPENJSON(LEFT('[{', 9)) WITH (x int)", 13609, 16, 4],
  ["SELECT x FROM OPENJSON('[{}]') WITH (x int 'strict $.x')", 13608, 16, 2],
  ["SELECT JSON_VALUE('{}','a')", 13607, 16, 4],
  ["SELECT JSON_VALUE('{}','strict $.a')", 13608, 16, 2],
  ['COMMIT', 3902, 16, 1],
  ['ROLLBACK', 3903, 16, 1],
  ['BREAK', 135, 15, 1],
  ['USE nowhere', 911, 16, 1],
  ["RAISERROR('own',16,7)", 50000, 16, 7],
  ["THROW 50123, 'own', 9", 50123, 16, 9],
  ['THROW', 10704, 15, 1],
  ['SET nonsense ON', 195, 15, 5],
  ['DECLARE @a int, @a int', 134, 15, 1],
  ['DECLARE @a nosuchtype', 2715, 16, 6],
  ["SELECT DATEADD(fortnight,1,'2019-01-01')", 155, 15, 1],
  ["SELECT SUM('a')", 8117, 16, 1],
  ['SELECT ROW_NUMBER() OVER ()', 4112, 15, 1],
  ['SELECT name FROM sys.tables GROUP BY object_id', 8120, 16, 1],
  ['SELECT 1 ORDER BY 2', 108, 15, 1],
];

describe('errors', () => {
  for (const [batch, number, severity, state] of failures) {
    it(`${batch} is ${number}`, async () => {
      const { errors } = await session.run(batch);
      assert.deepEqual(
        errors.map((error) => [error.number, error.severity, error.state, error.server]),
        [[number, severity, state, 'ab']],
        errors[0]?.text,
      );
    });
  }

  it('says where', async () => {
    const { errors } = await session.run('SELECT 1;\n\nSELECT *\nFROM nothing_here');
    assert.equal(errors[0]?.line, 3);
    assert.equal(errors[0]?.text, "Invalid object name 'nothing_here'.");
    const syntax = await session.run('SELECT 1;\nSELECT a,\nFROM t');
    assert.equal(syntax.errors[0]?.line, 3);
    assert.equal(syntax.errors[0]?.text, "Incorrect syntax near the keyword 'FROM'.");
    assert.deepEqual(syntax.sets, [], 'nothing of a malformed batch runs');
  });
});
