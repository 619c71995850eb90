/** Catalogues at random: stages of every kind of order, for every kind of subject. */

import fc from 'fast-check';

export const systems = ['one', 'two'] as const;
export const codes = ['a1', 'a2', 'b1', 'b2'] as const;
export const entities = ['red', 'green', 'blue', 'white'] as const;

const some = <T>(of: readonly T[]) => fc.subarray([...of], { minLength: 1 });

/** Of subjects; most stages are for all of them. */
const choice = fc.option(
  fc.oneof(
    some(entities).map((names) => ({ entities: names })),
    some(codes).map((own) => ({ codes: own })),
  ),
  { nil: undefined, freq: 1 },
);

const stageAt = (pipeline: string, index: number, isCommon: boolean) =>
  fc.record({
    stage: fc.constant(`${pipeline}_${index}`),
    once: isCommon
      ? fc.constantFrom(undefined, 'entity', 'source', 'run')
      : fc.constantFrom(undefined, undefined, 'source'),
    only: choice,
    /** Of the stages before it; undefined: the one before. */
    after: fc.option(fc.subarray(Array.from({ length: index }, (_, at) => `${pipeline}_${at}`)), {
      nil: undefined,
    }),
    needs: fc.constantFrom('all', 'any'),
    takesMonth: fc.boolean(),
    database: fc.constantFrom('left', 'right'),
  });

const stagesOf = (pipeline: string, isCommon: boolean) =>
  fc
    .integer({ min: 1, max: 3 })
    .chain((count) =>
      fc.tuple(...Array.from({ length: count }, (_, index) => stageAt(pipeline, index, isCommon))),
    );

const entity = (name: string, index: number) =>
  fc.record({
    name: fc.constant(name),
    dated: fc.boolean(),
    systems: some(systems),
    /** Mostly of those before it; now and then of any, so that some go round in a circle. */
    after: fc.oneof(
      { weight: 9, arbitrary: fc.subarray(entities.slice(0, index)) },
      { weight: 1, arbitrary: fc.subarray([...entities]) },
    ),
  });

export type RandomCatalog = ReturnType<typeof built>;

/** Two systems, each with stages of its own, that go on through the same ones. */
export const randomCatalog = fc
  .record({
    one: stagesOf('one', false),
    two: stagesOf('two', false),
    common: stagesOf('common', true),
    entities: fc.tuple(...entities.map(entity)),
  })
  .map(built);

type Drawn = {
  one: DrawnStage[];
  two: DrawnStage[];
  common: DrawnStage[];
  entities: { name: string; dated: boolean; systems: string[]; after: string[] }[];
};
interface DrawnStage {
  stage: string;
  once: string | undefined;
  only: object | undefined;
  after: string[] | undefined;
  needs: string;
  takesMonth: boolean;
  database: string;
}

function built(drawn: Drawn) {
  const stage = (isOwn: boolean) => {
    return ({ takesMonth, database, once, after, only, ...rest }: DrawnStage, index: number) => ({
      ...rest,
      ...(once !== undefined && { once }),
      ...(only !== undefined && { only }),
      ...(after !== undefined && { after }),
      ...(!isOwn && { database }),
      procedure: `dbo.sp_${rest.stage}`,
      parameters: [
        // Somebody must take the month of a dated entity.
        ...(takesMonth || (isOwn && index === 0)
          ? [{ name: 'month', type: 'int', from: 'month' }]
          : []),
        ...(once === undefined || once === 'source'
          ? [{ name: 'code', type: 'varchar(10)', from: 'code' }]
          : []),
        ...(once === undefined || once === 'entity'
          ? [{ name: 'entity', type: 'varchar(10)', from: 'entity' }]
          : []),
      ],
    });
  };
  return {
    periods: { from: '2018-01', timeZone: 'UTC' },
    servers: [
      { id: 'east', description: 'East' },
      { id: 'west', description: 'West' },
    ],
    databases: [
      { id: 'left', server: 'east', connection: 'SQL_LEFT' },
      { id: 'right', server: 'west', connection: 'SQL_RIGHT' },
    ],
    dataSources: codes.map((code) => ({
      code,
      description: code,
      system: code.startsWith('a') ? 'one' : 'two',
      database: code.endsWith('1') ? 'left' : 'right',
    })),
    entities: drawn.entities.map((one) => ({ ...one, description: one.name })),
    pipelines: [
      { id: 'one', stages: drawn.one.map(stage(true)), next: 'common' },
      { id: 'two', stages: drawn.two.map(stage(true)), next: 'common' },
      { id: 'common', stages: drawn.common.map(stage(false)) },
    ],
  };
}
