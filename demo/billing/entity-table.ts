/**
 * The twenty entities of the demo billing: one table that every table definition and every
 * statement of the demo is made from.
 *
 * A column is `name: 'T-SQL type'`; it is NOT NULL unless the type ends in ` NULL`.
 * `key` is the natural key inside one data source; a dated entity's key includes its `period`
 * (the first day of the month) as well, which is its first column. Account, premises and meter ids
 * are unique over all sources.
 */

/** How HCS hands an entity over: one area at a time, or all areas at once with the code `all`. */
export type HcsScope = 'per code' | 'all';

/** How a row in the aggregate base's heap finds its data source; `none`: loaded once for all. */
export type HeapSource = 'datasource_id' | 'personal_account' | 'none';

export interface Entity {
  dated: boolean;
  hcs: HcsScope;
  stek: boolean;
  heapSource: HeapSource;
  key: readonly string[];
  columns: Readonly<Record<string, string>>;
}

export const entities = {
  bank_code: {
    dated: false,
    hcs: 'all',
    stek: false,
    heapSource: 'datasource_id',
    key: ['bank_code'],
    columns: {
      bank_code: 'char(9)',
      name: 'nvarchar(120)',
      correspondent_account: 'varchar(20)',
    },
  },
  benefit_provider: {
    dated: false,
    hcs: 'all',
    stek: false,
    heapSource: 'none',
    key: ['benefit_provider_id'],
    columns: { benefit_provider_id: 'int', name: 'nvarchar(120)', level: 'nvarchar(40)' },
  },
  building_structure: {
    dated: false,
    hcs: 'per code',
    stek: false,
    heapSource: 'datasource_id',
    key: ['building_structure_id'],
    columns: {
      building_structure_id: 'bigint',
      city_id: 'int',
      street: 'nvarchar(80)',
      house: 'nvarchar(10)',
      floors: 'smallint',
      entrances: 'smallint',
      wall_material: 'nvarchar(40)',
      built_year: 'smallint',
    },
  },
  city: {
    dated: false,
    hcs: 'all',
    stek: false,
    heapSource: 'none',
    key: ['city_id'],
    columns: { city_id: 'int', name: 'nvarchar(60)', kind: 'nvarchar(20)' },
  },
  equipment: {
    dated: false,
    hcs: 'all',
    stek: true,
    heapSource: 'datasource_id',
    key: ['equipment_id'],
    columns: {
      equipment_id: 'int',
      model: 'nvarchar(60)',
      resource: 'nvarchar(40)',
      digits: 'tinyint',
      verification_interval_years: 'tinyint',
    },
  },
  meter: {
    dated: false,
    hcs: 'per code',
    stek: true,
    heapSource: 'datasource_id',
    key: ['meter_id'],
    columns: {
      meter_id: 'bigint',
      serial_number: 'varchar(20)',
      equipment_id: 'int',
      installed_on: 'date',
      verified_until: 'date',
      initial_reading: 'decimal(12, 3)',
    },
  },
  meter_place: {
    dated: false,
    hcs: 'per code',
    stek: false,
    heapSource: 'datasource_id',
    key: ['meter_place_id'],
    columns: { meter_place_id: 'int', name: 'nvarchar(60)' },
  },
  premises: {
    dated: false,
    hcs: 'all',
    stek: true,
    heapSource: 'datasource_id',
    key: ['premises_id'],
    columns: {
      premises_id: 'bigint',
      address: 'nvarchar(200)',
      kind: 'nvarchar(40)',
      square: 'decimal(8, 2)',
      rooms: 'tinyint',
      floor: 'smallint',
    },
  },
  personal_account: {
    dated: false,
    hcs: 'per code',
    stek: true,
    heapSource: 'datasource_id',
    key: ['personal_account_id'],
    columns: {
      personal_account_id: 'bigint',
      account_number: 'varchar(20)',
      premises_id: 'bigint',
      owner_name: 'nvarchar(120)',
      residents: 'tinyint',
      opened_on: 'date',
      closed_on: 'date NULL',
    },
  },
  personal_account_meter: {
    dated: false,
    hcs: 'per code',
    stek: true,
    heapSource: 'datasource_id',
    key: ['personal_account_id', 'meter_id'],
    columns: {
      personal_account_id: 'bigint',
      meter_id: 'bigint',
      meter_place_id: 'int NULL',
      date_from: 'date',
      date_to: 'date NULL',
    },
  },
  personal_account_parameter: {
    dated: false,
    hcs: 'per code',
    stek: true,
    heapSource: 'personal_account',
    key: ['personal_account_id', 'parameter_code'],
    columns: {
      personal_account_id: 'bigint',
      parameter_code: 'varchar(20)',
      value: 'nvarchar(60)',
      date_from: 'date',
    },
  },
  room: {
    dated: false,
    hcs: 'all',
    stek: false,
    heapSource: 'datasource_id',
    key: ['premises_id', 'room_number'],
    columns: { premises_id: 'bigint', room_number: 'nvarchar(10)', square: 'decimal(8, 2)' },
  },
  meter_reading: {
    dated: true,
    hcs: 'per code',
    stek: true,
    heapSource: 'datasource_id',
    key: ['meter_id', 'reading_date'],
    columns: {
      period: 'date',
      meter_id: 'bigint',
      reading_date: 'date',
      reading: 'decimal(12, 3)',
      consumption: 'decimal(12, 3)',
    },
  },
  payment: {
    dated: true,
    hcs: 'per code',
    stek: true,
    heapSource: 'datasource_id',
    key: ['payment_id'],
    columns: {
      period: 'date',
      payment_id: 'bigint',
      personal_account_id: 'bigint',
      payment_date: 'date',
      amount: 'decimal(12, 2)',
      bank_code: 'char(9)',
    },
  },
  charge_correction_detail: {
    dated: true,
    hcs: 'per code',
    stek: false,
    heapSource: 'personal_account',
    key: ['personal_account_id', 'service_code'],
    columns: {
      period: 'date',
      personal_account_id: 'bigint',
      service_code: 'varchar(10)',
      amount: 'decimal(12, 2)',
      reason: 'nvarchar(80)',
    },
  },
  charge_detail: {
    dated: true,
    hcs: 'per code',
    stek: true,
    heapSource: 'personal_account',
    key: ['personal_account_id', 'service_code'],
    columns: {
      period: 'date',
      personal_account_id: 'bigint',
      service_code: 'varchar(10)',
      quantity: 'decimal(12, 3)',
      tariff: 'decimal(10, 2)',
      amount: 'decimal(12, 2)',
    },
  },
  personal_saldo: {
    dated: true,
    hcs: 'per code',
    stek: true,
    heapSource: 'datasource_id',
    key: ['personal_account_id'],
    columns: {
      period: 'date',
      personal_account_id: 'bigint',
      opening: 'decimal(12, 2)',
      closing: 'decimal(12, 2)',
    },
  },
  recalculation: {
    dated: true,
    hcs: 'per code',
    stek: true,
    heapSource: 'datasource_id',
    key: ['personal_account_id', 'service_code'],
    columns: {
      period: 'date',
      personal_account_id: 'bigint',
      service_code: 'varchar(10)',
      amount: 'decimal(12, 2)',
      reason: 'nvarchar(80)',
    },
  },
  running_balance: {
    dated: true,
    hcs: 'per code',
    stek: false,
    heapSource: 'datasource_id',
    key: ['personal_account_id'],
    columns: {
      period: 'date',
      personal_account_id: 'bigint',
      balance: 'decimal(12, 2)',
      overdue: 'decimal(12, 2)',
    },
  },
  turnover_balance_sheet: {
    dated: true,
    hcs: 'per code',
    stek: true,
    heapSource: 'personal_account',
    key: ['personal_account_id'],
    columns: {
      period: 'date',
      personal_account_id: 'bigint',
      opening: 'decimal(12, 2)',
      charged: 'decimal(12, 2)',
      corrected: 'decimal(12, 2)',
      paid: 'decimal(12, 2)',
      closing: 'decimal(12, 2)',
    },
  },
} as const satisfies Record<string, Entity>;
