/** What an app with many servers at work would answer, in the shapes of its API; and it moves. */

import type {
  ActiveCells,
  Ages,
  CatalogForm,
  Cell,
  Cells,
  Me,
  Overview,
  RunPage,
  RunSummary,
} from '../../page/api/schema.d.ts';

export interface WorldSize {
  entities: number;
  sources: number;
  /** Servers, each with a stage that runs. */
  lanes: number;
  /** Runs that have ended and are known; with each second comes one more. Absent: none. */
  runs?: number;
  /** Of a query's answer. Absent: none. */
  rows?: number;
}

type RunOf = NonNullable<Overview['runs']>[number];

/** How long a stage is to take, and after how many seconds another one runs. */
const stageMs = 240_000;
const turnSeconds = 4;
/** Of the cells, those that have failed, differ or are old. */
const oneIn = { failed: 97, differs: 211, old: 23 } as const;

/** Runs that end a minute after one another. */
const runEveryMs = 60_000;

const nameOf = (entity: number) => `entity_${entity}`;
const codeOf = (source: number) => `s${source}`;
const serverOf = (lane: number) => `server${lane}`;

/** Knows the answers of one moment; `second` leads to the next. */
export class World {
  readonly size: WorldSize;
  readonly begunAt: number;
  seconds = 0;
  /** Of cells that have been synced since the beginning: the second. */
  readonly #synced = new Map<string, number>();

  constructor(size: WorldSize, begunAt: number) {
    this.size = size;
    this.begunAt = begunAt;
  }

  get now(): number {
    return this.begunAt + this.seconds * 1_000;
  }

  /** A second later: each fourth of the lanes has ended its stage and begun another one. */
  second(): void {
    for (let lane = this.seconds % turnSeconds; lane < this.size.lanes; lane += turnSeconds) {
      const { entity, source } = this.#at(lane);
      this.#synced.set(`${entity} ${source}`, this.seconds + 1);
    }
    this.seconds += 1;
  }

  /** What runs on a lane: sources of the lane in turn, and the entities after one another. */
  #at(lane: number): { entity: number; source: number; since: number } {
    const { entities, sources, lanes } = this.size;
    const turn = Math.floor((this.seconds + turnSeconds - (lane % turnSeconds) - 1) / turnSeconds);
    const own = Math.max(1, Math.floor(sources / lanes));
    const since = Math.max(0, turn * turnSeconds - (turnSeconds - (lane % turnSeconds) - 1));
    return {
      entity: Math.floor(turn / own) % entities,
      source: (lane + (turn % own) * lanes) % sources,
      since: this.begunAt + since * 1_000,
    };
  }

  #lanes() {
    return Array.from({ length: this.size.lanes }, (_, lane) => ({ lane, ...this.#at(lane) }));
  }

  me(): Me {
    const all = { roles: ['admin' as const], codes: ['*'], connections: ['*'] };
    return { name: 'bench', ...all, rights: [all], signIn: { kind: 'token' } };
  }

  catalog(): CatalogForm {
    const { entities, sources, lanes } = this.size;
    const codes = Array.from({ length: sources }, (_, source) => codeOf(source));
    return {
      ...{ revision: '1', timeZone: 'Europe/Prague', months: { from: '2015-01', to: '2026-12' } },
      codes: codes.map((code, source) => ({
        ...{ code, description: `Source ${source}`, server: serverOf(source % lanes) },
        ...{ needsMonth: true, standsFor: false, entities },
      })),
      entities: Array.from({ length: entities }, (_, entity) => ({
        ...{ name: nameOf(entity), description: `Entity of number ${entity}` },
        dated: entity % 3 === 0,
        sources: codes.map((code, source) => ({
          ...{ code, order: entity + 1, exportedBy: code, servers: [serverOf(source % lanes)] },
        })),
      })),
    };
  }

  overview(): Overview {
    return {
      well: false,
      wrong: Array.from({ length: 12 }, (_, index) => ({
        ...{ kind: 'failed' as const, subject: codeOf(index), names: [nameOf(index)] },
        ...{ what: `Divide by zero error encountered in row ${index}.`, see: `/runs/r-${index}` },
        since: new Date(this.begunAt - index * 3_600_000).toISOString(),
        ...{ run: `zd38m9z${index}l-b5hscz`, mend: `POST /runs/r-${index}/retry {"user":"x"}` },
      })),
      schedules: [],
      servers: this.#lanes().map(({ lane, source, since }) => ({
        ...{ server: serverOf(lane), isFree: false, run: runOf(lane), codes: [codeOf(source)] },
        ...{ since: new Date(since).toISOString(), waiting: lane % 3 },
      })),
      companies: { total: 40, starting: 0, loading: 1, following: 39, inTrouble: 0, worst: [] },
      runs: this.#lanes().map(
        ({ lane, entity, source, since }): RunOf => ({
          ...{ id: runOf(lane), kind: 'entity', state: 'running', user: 'bench' },
          createdAt: new Date(this.begunAt).toISOString(),
          startedAt: new Date(this.begunAt).toISOString(),
          ...{ stagesDone: this.seconds, stagesSkipped: 0, stagesTotal: 10_000, stagesFailed: 0 },
          running: [
            {
              stage: `${codeOf(source)}_load_${nameOf(entity)}`,
              server: serverOf(lane),
              since: new Date(since).toISOString(),
              endsAt: new Date(since + stageMs).toISOString(),
              message: `${this.seconds * 1_000} rows are merged`,
            },
          ],
          ...{ errors: [], errorCount: 0, warnings: 0 },
        }),
      ),
    };
  }

  /** A page of the runs, the newest first. @param after id of the last one of the page before */
  runs(limit: number, after: string | undefined): RunPage {
    const count = this.size.runs === undefined ? 0 : this.size.runs + this.seconds;
    const newest = after === undefined ? count - 1 : numberOf(after) - 1;
    const length = Math.max(0, Math.min(limit, newest + 1));
    const runs = Array.from({ length }, (_, place) => this.#run(newest - place));
    const last = runs.at(-1);
    const isEnd = last === undefined || numberOf(last.id) === 0;
    return { runs, ...(!isEnd && { next: `/runs?limit=${limit}&after=${last.id}` }) };
  }

  /** @param number in the order in which they were asked for, from 0 */
  #run(number: number): RunSummary {
    const { entities, sources, runs = 0 } = this.size;
    const endedAt = this.begunAt - (runs - number) * runEveryMs;
    const hasFailed = number % oneIn.failed === 0;
    return {
      ...{ id: idOf(number), kind: 'entity', user: 'bench', stagesDone: 3, stagesSkipped: 0 },
      ...{ state: hasFailed ? 'failed' : 'succeeded', stagesTotal: 3, warnings: 0 },
      ...{ codes: [codeOf(number % sources)], names: [nameOf(number % entities)] },
      createdAt: new Date(endedAt - 600_000).toISOString(),
      startedAt: new Date(endedAt - 540_000).toISOString(),
      endedAt: new Date(endedAt).toISOString(),
      ...(hasFailed && { error: { number: 8134, message: 'Divide by zero error encountered.' } }),
    };
  }

  cells(): Cells {
    const { entities, sources } = this.size;
    return {
      cells: Array.from({ length: entities * sources }, (_, index) =>
        this.#cell(index % entities, Math.floor(index / entities), index),
      ),
    };
  }

  #cell(entity: number, source: number, index: number): Cell {
    const second = this.#synced.get(`${entity} ${source}`);
    const at =
      second === undefined
        ? this.begunAt - ((index % 700) + 1) * 61_000
        : this.begunAt + second * 1_000;
    const instant = new Date(at).toISOString();
    const run = runOf(source);
    const hasFailed = second === undefined && index % oneIn.failed === 0;
    const differs = second === undefined && index % oneIn.differs === 0;
    return {
      ...{ code: codeOf(source), entity: nameOf(entity), run, at: instant },
      state: hasFailed ? 'failed' : 'succeeded',
      ...(hasFailed && { error: { number: 8134, message: 'Divide by zero error encountered.' } }),
      success: {
        ...{ run, at: instant, tookMs: ((index * 7_919) % 900) * 1_000, rows: { load: index } },
        ...(entity % 3 === 0 && { period: { month: (index % 12) + 1, year: 2026 } }),
      },
      ...(differs && {
        check: { run, at: instant, state: 'differs', what: '1 200 rows here, 1 201 there' },
      }),
    };
  }

  active(): ActiveCells {
    return {
      cells: this.#lanes().map(({ lane, entity, source, since }) => ({
        ...{ code: codeOf(source), entity: nameOf(entity), run: runOf(lane), state: 'running' },
        since: new Date(since).toISOString(),
        endsAt: new Date(since + stageMs).toISOString(),
        ...{ stagesDone: 1, stagesTotal: 3 },
      })),
    };
  }

  ages(): Ages {
    const { entities, sources } = this.size;
    const all = Array.from({ length: entities * sources }, (_, index) => index);
    return {
      ages: all
        .filter((index) => index % oneIn.old === 0)
        .map((index) => ({
          ...{ entity: nameOf(index % entities), code: codeOf(Math.floor(index / entities)) },
          ...{ place: 'db', maxAgeMs: 86_400_000, state: 'old' as const },
        })),
    };
  }
}

const runOf = (lane: number) => `zd38m9z2l-b5h${String(lane).padStart(3, '0')}`;

/** The id of an older run is the greater one. */
const idOf = (number: number) => `z${String(999_999_999 - number).padStart(9, '0')}`;
const numberOf = (id: string) => 999_999_999 - Number(id.slice(1));
