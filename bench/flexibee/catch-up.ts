/**
 * Many changes over nine evidences, caught up; against the bare transfer (the same requests one
 * after the other, bodies read and thrown away) with a bulk insert of the same rows; and against a
 * request per change.
 */

import { Agent, request } from 'node:http';
import { poll } from '../../shared/flexibee/follow.ts';
import { noticingMirror } from '../../shared/flexibee/typed/tables.ts';
import type { Batch, Change, FlexibeeRecord } from '../../shared/flexibee/types.ts';
import { bulkInsertChanges, bulkInsertRecords, type RecordBatch } from '../bulk-insert.ts';
import { account, differences, evidences, follow, mirrorDigest, type Place } from './following.ts';
import { load, median, type Systems, startSystems } from './systems.ts';
import { benchTables, bulkInsertTyped } from './typed-rows.ts';

export interface CatchUp {
  changes: number;
  /** With the typed tables. */
  isTyped: boolean;
  /** So many companies in turn, and nothing one by one: the median is printed. 0: all comparisons. */
  rounds: number;
}

const warmUp = 10_000;
const sampleSize = 2_000;
const never = new AbortController().signal;

interface Sent {
  method: string;
  path: string;
  body?: string;
}

interface Sample {
  evidence: string;
  id: string;
}

interface CaughtUp {
  ms: number;
  requests: Sent[];
  /** The states that were written, batch by batch. */
  written: RecordBatch[];
  journal: Change[];
}

async function catchUp(
  systems: Systems,
  place: Place,
  count: number,
  records: number,
  isTyped: boolean,
) {
  const followed = await follow(place);
  const { context, databases } = followed;
  const { source, mirror } = context;
  const caught: CaughtUp = { ms: 0, requests: [], written: [], journal: [] };
  context.source = {
    changes: (range, signal) => {
      const query = `start=${range.start}&limit=${range.limit}`;
      caught.requests.push({ method: 'GET', path: `changes.json?${query}` });
      return source.changes(range, signal);
    },
    records: (evidence, ids, signal) => {
      const query = 'detail=full&filtrovat-platnost=false&no-ext-ids=false&limit=0';
      const body = JSON.stringify({ winstrom: { id: ids.map(Number) } });
      caught.requests.push({ method: 'POST', path: `${evidence}/get.json?${query}`, body });
      return source.records(evidence, ids, signal);
    },
    list: source.list.bind(source),
  };
  context.mirror = {
    apply(page, signal) {
      for (const batch of page.batches) {
        caught.written.push({ evidence: batch.evidence, records: recordsOf(batch) });
        caught.journal.push(...batch.changes);
      }
      return mirror.apply(page, signal);
    },
    generation: mirror.generation,
  };
  if (isTyped) {
    const typed = benchTables(place.company, evidences, followed.source, databases);
    context.typed = typed;
    context.mirror = noticingMirror(context.mirror, typed);
  }
  try {
    await poll(context, { waitForLockMs: 0 }, never);
    await systems.flexibee.bulk(place.company, { changes: count, records });
    caught.requests.length = 0;
    await systems.flexibee.clear();
    const cpu = process.cpuUsage();
    const begun = performance.now();
    const outcome = await poll(context, { waitForLockMs: 0 }, never);
    caught.ms = performance.now() - begun;
    const { user, system } = process.cpuUsage(cpu);
    if (outcome !== 'applied') throw new Error(`the poll ended with ${outcome}`);
    const { counts } = await systems.flexibee.requests(place.company);
    const total = Object.values(counts).reduce((sum, value) => sum + value, 0);
    const faults = differences(
      await systems.flexibee.digest(place.company),
      await mirrorDigest(databases, place.company),
    );
    const typedMs = isTyped
      ? await bulkInsertTyped(systems.sqlServer, databases, place.company, evidences)
      : 0;
    return { ...caught, total, counts, faults, typedMs, cpuMs: (user + system) / 1000 };
  } finally {
    await followed.close();
  }
}

function recordsOf({ records }: Batch): FlexibeeRecord[] {
  return records.flatMap(({ id, code, externalIds, payload }) =>
    payload === undefined
      ? []
      : [{ id, ...(code !== undefined && { code }), externalIds, payload }],
  );
}

/** The same states with numbers of their own, as rows of one table. */
function numbered(batches: readonly RecordBatch[]): RecordBatch[] {
  let last = 0;
  return batches.map(({ evidence, records }) => ({
    evidence,
    records: records.map((record) => {
      last += 1;
      return { ...record, id: `${last}` };
    }),
  }));
}

/** The last state of each record, in batches as large as ours. */
function lastStates(batches: readonly RecordBatch[]): RecordBatch[] {
  const states = new Map<string, Map<string, FlexibeeRecord>>();
  for (const { evidence, records } of batches) {
    const known = states.get(evidence) ?? new Map<string, FlexibeeRecord>();
    states.set(evidence, known);
    for (const record of records) known.set(record.id, record);
  }
  return [...states].flatMap(([evidence, known]) => {
    const records = [...known.values()];
    return Array.from({ length: Math.ceil(records.length / 1000) }, (_, index) => ({
      evidence,
      records: records.slice(index * 1000, index * 1000 + 1000),
    }));
  });
}

const count = (batches: readonly RecordBatch[]) =>
  batches.reduce((sum, { records }) => sum + records.length, 0);

/** Milliseconds of the requests alone, one after the other over one connection. */
async function bareTransfer(place: Place, sent: Iterable<Sent>): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const begun = performance.now();
  for (const one of sent) await bare(agent, place, one);
  const ms = performance.now() - begun;
  agent.destroy();
  return ms;
}

function bare(agent: Agent, { flexibeeUrl, company }: Place, { method, path, body }: Sent) {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const authorization = `Basic ${btoa(`${account.user}:${account.password}`)}`;
  const headers = {
    authorization,
    accept: 'application/json',
    'accept-encoding': 'gzip',
    ...(body !== undefined && { 'content-type': 'application/json' }),
  };
  const url = `${flexibeeUrl}/c/${company}/${path}`;
  request(url, { method, headers, agent }, (response) => {
    if (response.statusCode !== 200) reject(new Error(`${path}: ${response.statusCode}`));
    response.on('error', reject).on('end', resolve).resume();
  })
    .on('error', reject)
    .end(body);
  return promise;
}

/** Milliseconds of fetching and applying records one by one. */
async function oneByOne(place: Place, sample: readonly Sample[]): Promise<number> {
  const followed = await follow(place);
  const { source, mirror, company } = followed.context;
  const begun = performance.now();
  for (const [index, { evidence, id }] of sample.entries()) {
    const version = index + 1;
    const [record] = await source.records(evidence, [id], never);
    if (record === undefined) throw new Error(`${evidence} ${id} is gone`);
    const change = { version, evidence, id, operation: 'update' as const, externalIds: [] };
    const records = [{ ...record, version, deleted: false }];
    const page = {
      company: `${company.code}-one`,
      generation: 1,
      readAt: new Date().toISOString(),
      batches: [{ evidence, changes: [change], records }],
    };
    await mirror.apply(page, never);
  }
  const ms = performance.now() - begun;
  await followed.close();
  return ms;
}

async function compare(
  systems: Systems,
  place: Place,
  what: string,
  { changes, isTyped }: CatchUp,
  distinct: number,
) {
  const ours = await catchUp(systems, place, changes, distinct, isTyped);
  const transferMs = await bareTransfer(place, ours.requests);
  const last = lastStates(ours.written);
  const { sqlServer } = systems;
  const bulkMs = await bulkInsertRecords(sqlServer, place.company, numbered(ours.written));
  const journalMs = await bulkInsertChanges(sqlServer, place.company, ours.journal);
  const every = Math.ceil(count(last) / sampleSize);
  const sample = last
    .flatMap(({ evidence, records }) => records.map(({ id }) => ({ evidence, id })))
    .filter((_, index) => index % every === 0);
  const gets = sample.map(({ evidence, id }) => ({
    method: 'GET',
    path: `${evidence}/${id}.json?detail=full`,
  }));
  const extrapolated = (ms: number) => (ms / sample.length) * changes;
  const getMs = extrapolated(await bareTransfer(place, gets));
  const oneMs = extrapolated(await oneByOne(place, sample));
  const promised = changes / 1000 + distinct / 500;
  console.log(`
${what}: ${changes} changes of ${distinct} records (${load()})
  mirror and journal      ${ours.faults.length === 0 ? 'equal the source' : ours.faults.join('; ')}
  requests                ${ours.total} (${JSON.stringify(ours.counts)}); promised at most ${promised}
  records fetched         ${count(ours.written)} (${count(last)} different)
  ours                    ${seconds(ours.ms)}, CPU of the following process ${seconds(ours.cpuMs)}
  bare transfer           ${seconds(transferMs)}
  bulk insert             records ${seconds(bulkMs)}, journal ${seconds(journalMs)}, typed rows ${seconds(ours.typedMs)}
  ours : transfer + bulk  ${(ours.ms / (transferMs + bulkMs + journalMs + ours.typedMs)).toFixed(2)}; of the records only ${(ours.ms / (transferMs + bulkMs)).toFixed(2)}
  extrapolated from ${sample.length}:
  a request per change    ${seconds(getMs)}, ${(getMs / transferMs).toFixed(0)} times the bare transfer
  and a call per change   ${seconds(oneMs)}, ${(oneMs / ours.ms).toFixed(0)} times ours`);
  return ours.faults.length === 0;
}

/** Ours against the transfer and the bulk inserts of the same rows, each round another company. */
async function compareInRounds(
  systems: Systems,
  place: (company: string) => Place,
  { changes, isTyped, rounds }: CatchUp,
) {
  const ratios: number[] = [];
  let isRight = true;
  for (let round = 1; round <= rounds; round++) {
    const here = place(`c${round + 1}`);
    const ours = await catchUp(systems, here, changes, changes, isTyped);
    const transfer = await bareTransfer(here, ours.requests);
    const records = await bulkInsertRecords(
      systems.sqlServer,
      here.company,
      numbered(ours.written),
    );
    const journal = await bulkInsertChanges(systems.sqlServer, here.company, ours.journal);
    const ratio = ours.ms / (transfer + records + journal + ours.typedMs);
    ratios.push(ratio);
    isRight &&= ours.faults.length === 0;
    console.log(
      `${ratio.toFixed(2)}: ${seconds(ours.ms)} to ${[transfer, records, journal, ours.typedMs].map(seconds).join(' + ')}, ${ours.total} requests${ours.faults.map((fault) => `; ${fault}`).join('')}`,
    );
  }
  console.log(`median ${median(ratios).toFixed(2)} (${load()})`);
  return isRight;
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

export async function benchCatchUp(asked: CatchUp): Promise<void> {
  const systems = await startSystems(Math.max(5, asked.rounds + 1));
  const place = (company: string): Place => ({
    flexibeeUrl: systems.flexibee.url,
    sqlServer: systems.sqlServer,
    storage: systems.azurite.connectionString,
    company,
    leaseSeconds: 60,
  });
  try {
    await catchUp(systems, place('c1'), warmUp, warmUp / 10, asked.isTyped);
    const right =
      asked.rounds > 0
        ? [await compareInRounds(systems, place, asked)]
        : [
            await compare(
              systems,
              place('c2'),
              'every change another record',
              asked,
              asked.changes,
            ),
            await compare(systems, place('c3'), 'each record ten times', asked, asked.changes / 10),
          ];
    if (right.includes(false)) process.exitCode = 1;
  } finally {
    await systems.close();
  }
}
