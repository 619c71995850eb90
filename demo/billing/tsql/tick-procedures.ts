/**
 * `dbo.sp_demo_tick`: a little business in the sources, so that the next sync has something to do:
 * new and withdrawn payments, corrected readings and charges, replaced names, meters and parameters.
 * Balances of the month follow; those of later months are carried over at month's end, not here.
 * The same seed on the same rows makes the same changes.
 */

import type { EntityName } from '../entities.ts';
import { entityOf } from '../entities.ts';
import { idBase, paymentIdBase } from '../seed/index.ts';
import type { SourceDatabase, System } from '../sources.ts';
import { areaColumn, liveTable, sourceKey } from '../tables.ts';
import { bracketed, createProcedure, list } from './text.ts';

/** The month in which business goes on. */
export const tickPeriod = '2019-07-01';

/** Statements about the live rows of one system. */
function statements(system: System) {
  const own = (name: EntityName, alias = 'live') => [
    ...(areaColumn(name, system) ? [`${alias}.[area] = @code`] : []),
    ...(entityOf(name).dated ? [`${alias}.[period] = @period`] : []),
  ];
  const where = (conditions: string[]) =>
    conditions.length > 0 ? `\n    WHERE ${conditions.join(' AND ')}` : '';

  const note = (name: EntityName, action: 'insert' | 'update' | 'delete') =>
    `    INSERT INTO #change VALUES (@label, '${name}', '${action}', @@ROWCOUNT);`;

  /** Park and Miller's minimal standard generator: the next number in `@draw`. */
  const draw = '    SET @draw = @draw * 48271 % 2147483647;';

  /** Puts columns of a row drawn at random into variables; NULL where there is no row. */
  function pick(
    name: EntityName,
    variables: Record<string, string>,
    conditions: string[] = [],
  ): string {
    const from = `FROM ${bracketed(liveTable(name))} AS live${where([...own(name), ...conditions])}`;
    const names = Object.keys(variables);
    const order = list(sourceKey(name, areaColumn(name, system)), 'live');
    return `${draw}
    SELECT @rows = COUNT(*), ${names.map((v) => `@${v} = NULL`).join(', ')} ${from};
    SET @offset = CASE WHEN @rows = 0 THEN 0 ELSE @draw % @rows END;
    SELECT ${names.map((v) => `@${v} = live.${bracketed(variables[v] ?? '')}`).join(', ')}
    ${from}
    ORDER BY ${order} OFFSET @offset ROWS FETCH NEXT 1 ROWS ONLY;`;
  }

  /** Changes the row whose key columns are in variables of the given names. */
  const update = (name: EntityName, set: string, keys: Record<string, string>) =>
    `    UPDATE live SET ${set}
    FROM ${bracketed(liveTable(name))} AS live${where([...own(name), ...byKey(keys)])};
${note(name, 'update')}`;

  const remove = (name: EntityName, keys: Record<string, string>) =>
    `    DELETE live
    FROM ${bracketed(liveTable(name))} AS live${where([...own(name), ...byKey(keys)])};
${note(name, 'delete')}`;

  const byKey = (keys: Record<string, string>) =>
    Object.entries(keys).map(([variable, column]) => `live.${bracketed(column)} = @${variable}`);

  /** Carries `@amount` of `@account` into the balances of the month. */
  function carry(column: 'charged' | 'corrected' | 'paid'): string {
    const owed = column === 'paid' ? '- @amount' : '+ @amount';
    const account = { account: 'personal_account_id' };
    return [
      update(
        'turnover_balance_sheet',
        `[${column}] = live.[${column}] + @amount, [closing] = live.[closing] ${owed}`,
        account,
      ),
      update('personal_saldo', `[closing] = live.[closing] ${owed}`, account),
      ...(system === 'HCS'
        ? [update('running_balance', `[balance] = live.[balance] ${owed}`, account)]
        : []),
    ].join('\n');
  }

  const area = (name: EntityName) =>
    areaColumn(name, system) ? { column: '[area], ', value: '@code, ' } : { column: '', value: '' };

  return { draw, pick, update, remove, note, carry, area };
}

type Statements = ReturnType<typeof statements>;

function payments({ pick, carry, remove, note, area }: Statements): string {
  return `    SET @step = 1;
    WHILE @step <= 3
    BEGIN
${pick('personal_account', { account: 'personal_account_id' })}
${pick('payment', { bank: 'bank_code' })}
    SET @amount = 100 + @draw % 8901;
    SET @id = (SELECT COALESCE(MAX([payment_id]), @base) + 1 FROM [dbo].[payment]
      WHERE [payment_id] BETWEEN @base AND @base + 99999999);
    INSERT INTO [dbo].[payment] (${area('payment').column}[period], [payment_id], [personal_account_id],
      [payment_date], [amount], [bank_code])
    SELECT ${area('payment').value}@period, @id, @account, DATEADD(day, @draw % 28, @period), @amount, @bank
    WHERE @account IS NOT NULL AND @bank IS NOT NULL;
${note('payment', 'insert')}
${carry('paid')}
    SET @step = @step + 1;
    END;

${pick('payment', { id: 'payment_id', account: 'personal_account_id', amount: 'amount' })}
    SET @amount = -@amount;
${remove('payment', { id: 'payment_id' })}
${carry('paid')}`;
}

function charges({ draw, pick, update, carry, note, area }: Statements): string {
  const charge = { account: 'personal_account_id', service: 'service_code' };
  return `${pick('charge_detail', { ...charge, quantity: 'quantity', tariff: 'tariff', before: 'amount' })}
    SET @quantity = @quantity + (1 + @draw % 2000) / 1000.0;
    SET @amount = ROUND(@quantity * @tariff, 2);
${update('charge_detail', '[quantity] = @quantity, [amount] = @amount', charge)}
    SET @amount = @amount - @before;
${carry('charged')}

    -- A reduction for the same service, unless it has one.
${draw}
    SET @amount = -(1000 + @draw % 59001) / 100.0;
    SET @reason = (SELECT MIN([reason]) FROM [dbo].[recalculation]);
    IF @service IS NOT NULL AND @reason IS NOT NULL AND NOT EXISTS (SELECT 1 FROM [dbo].[recalculation]
      WHERE ${area('recalculation').column ? '[area] = @code AND ' : ''}[period] = @period
        AND [personal_account_id] = @account AND [service_code] = @service)
    BEGIN
    INSERT INTO [dbo].[recalculation] (${area('recalculation').column}[period], [personal_account_id],
      [service_code], [amount], [reason])
    VALUES (${area('recalculation').value}@period, @account, @service, @amount, @reason);
${note('recalculation', 'insert')}
${carry('corrected')}
    END;`;
}

function corrections({ pick, remove, carry }: Statements): string {
  const charge = { account: 'personal_account_id', service: 'service_code' };
  return `${pick('charge_correction_detail', { ...charge, amount: 'amount' })}
    SET @amount = -@amount;
${remove('charge_correction_detail', charge)}
${carry('corrected')}`;
}

function meters({ pick, update }: Statements): string {
  return `${pick('meter', { meter: 'meter_id' })}
${update('meter', '[verified_until] = DATEADD(day, @draw % 3650, @verified)', { meter: 'meter_id' })}
${pick('personal_account_meter', { account: 'personal_account_id', meter: 'meter_id' })}
${update('personal_account_meter', '[date_to] = DATEADD(day, @draw % 28, @period)', { account: 'personal_account_id', meter: 'meter_id' })}
${pick('meter_reading', { meter: 'meter_id', day: 'reading_date' })}
    SET @quantity = (1 + @draw % 500) / 1000.0;
${update('meter_reading', '[reading] = live.[reading] + @quantity, [consumption] = live.[consumption] + @quantity', { meter: 'meter_id', day: 'reading_date' })}`;
}

function accounts({ pick, update }: Statements): string {
  const account = { account: 'personal_account_id' };
  return `    -- Sold to somebody known already.
${pick('personal_account', { owner: 'owner_name' })}
${pick('personal_account', account, ['live.[owner_name] <> @owner'])}
${update('personal_account', '[owner_name] = @owner', account)}
${update(
  'personal_account_parameter',
  '[value] = CONVERT(nvarchar(60), TRY_CONVERT(int, live.[value]) + 1), [date_from] = @period',
  account,
).replace(' = @account;', " = @account AND live.[parameter_code] = 'RESIDENTS';")}`;
}

function common({ draw, pick, update, note }: Statements): string {
  return `${pick('premises', { id: 'premises_id' })}
${update('premises', '[square] = live.[square] + (1 + @draw % 30) / 10.0', { id: 'premises_id' })}
    -- A new series of a model.
${draw}
    SET @id = (SELECT MAX([equipment_id]) + 1 FROM [dbo].[equipment]);
    INSERT INTO [dbo].[equipment] ([equipment_id], [model], [resource], [digits], [verification_interval_years])
    SELECT TOP (1) @id, CONCAT([model], N', серия ', @id), [resource], [digits], [verification_interval_years]
    FROM [dbo].[equipment] WHERE [model] NOT LIKE N'%,%' ORDER BY [equipment_id] * @draw % 1009, [equipment_id];
${note('equipment', 'insert')}`;
}

function dictionaries({ pick, update }: Statements): string {
  return `${pick('bank_code', { bank: 'bank_code' })}
${update('bank_code', "[name] = CASE WHEN live.[name] LIKE N'%, филиал' THEN LEFT(live.[name], LEN(live.[name]) - 8) ELSE CONCAT(live.[name], N', филиал') END", { bank: 'bank_code' })}
${pick('room', { id: 'premises_id', room: 'room_number' })}
${update('room', '[square] = live.[square] + 0.1', { id: 'premises_id', room: 'room_number' })}`;
}

const tidy = (text: string) => text.replaceAll(/\n{3,}/g, '\n\n');

/** The procedure of one source database, as a batch that replaces it. */
export function tickSql({ system, codes }: SourceDatabase): string {
  const sql = statements(system);
  const hcs = system === 'HCS';
  const shared = hcs ? [common(sql), dictionaries(sql)].join('\n') : common(sql);
  const ownRows = [
    ...(hcs ? [] : [shared]),
    payments(sql),
    charges(sql),
    ...(hcs ? [corrections(sql)] : []),
    meters(sql),
    accounts(sql),
  ].join('\n\n');
  const sources = codes.map(
    (code) => `    ('${code}', ${idBase(code) / 1_000_000}, ${paymentIdBase(code)})`,
  );

  return createProcedure(
    'dbo.sp_demo_tick',
    [{ name: '@seed', type: 'int', default: null }],
    tidy(`  SET NOCOUNT ON;
  SET XACT_ABORT ON;

  DECLARE @period date = '${tickPeriod}', @verified date = '2031-07-01';
  DECLARE @code varchar(8), @label varchar(8), @number int, @base bigint, @step int, @rows int;
  DECLARE @draw bigint, @offset bigint, @start bigint;
  DECLARE @account bigint, @id bigint, @meter bigint, @day date, @service varchar(10), @room nvarchar(10);
  DECLARE @amount decimal(12, 2), @before decimal(12, 2), @tariff decimal(10, 2), @quantity decimal(12, 3);
  DECLARE @bank char(9), @owner nvarchar(120), @reason nvarchar(80);

  -- Without a seed: another one every time.
  SET @start = ABS(CONVERT(bigint, COALESCE(@seed, DATEDIFF(second, '2019-01-01', SYSUTCDATETIME()))));

  CREATE TABLE #change (
    [code] varchar(8) NOT NULL,
    [entity] varchar(40) NOT NULL,
    [action] varchar(10) NOT NULL,
    [rows] int NOT NULL
  );
  CREATE TABLE #source (
    [code] varchar(8) NOT NULL PRIMARY KEY,
    [number] int NOT NULL,
    [payment_base] bigint NOT NULL
  );
  INSERT INTO #source ([code], [number], [payment_base]) VALUES
${sources.join(',\n')};
${
  hcs
    ? `
  -- What the areas have in common.
  SET @label = 'all';
  SET @draw = @start % 2147483645 + 1;
  BEGIN TRANSACTION;
${shared}
  COMMIT TRANSACTION;
`
    : ''
}
  SET @code = (SELECT MIN([code]) FROM #source);
  WHILE @code IS NOT NULL
  BEGIN
    SELECT @number = [number], @base = [payment_base], @label = [code] FROM #source WHERE [code] = @code;
    SET @draw = (@start + @number * 7919) % 2147483645 + 1;
    BEGIN TRANSACTION;

${ownRows}

    COMMIT TRANSACTION;
    SET @code = (SELECT MIN([code]) FROM #source WHERE [code] > @code);
  END;

  SELECT [code], [entity], [action], SUM([rows]) AS [rows]
  FROM #change
  WHERE [rows] > 0
  GROUP BY [code], [entity], [action]
  ORDER BY [code], [entity], [action];`),
  );
}
