/** Somebody who works in a company all the time: records of every evidence come, change and go. */

import type { Flexibee } from 'flexibee-server';
import { between, pick, type Random } from '../support/random.ts';
import { pause } from './pause.ts';

type Company = ReturnType<Flexibee['company']>;
type Json = Record<string, unknown>;

/** Nothing refers to these, so they may go. */
const deletable = ['faktura-prijata', 'banka', 'pokladni-pohyb', 'objednavka-prijata'];

/** Where records are created: rows of invoices come with their invoice. */
const written = ['adresar', 'cenik', 'smlouva', 'faktura-vydana', ...deletable];

/** A company grows no further than this, so that reading all of it stays cheap. */
const mostRecords = 1_200;

export class Writer {
  readonly counts = { create: 0, update: 0, delete: 0, bulk: 0, refused: 0 };
  readonly #company: Company;
  readonly #random: Random;
  #number = 0;

  constructor(company: Company, random: Random) {
    this.#company = company;
    this.#random = random;
  }

  /**
   * Until the end, with a rest now and then; `pauseMs` lies between two transactions on average.
   */
  async work(pauseMs: number, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      this.once();
      const rests = this.#random() < 0.05;
      const restMs = rests ? between(this.#random, 2_000, 8_000) : 0;
      await pause(restMs + between(this.#random, 0, 2 * pauseMs), signal);
    }
  }

  /** One transaction. */
  once(): void {
    const lot = this.#random();
    if (lot < 0.02 && !this.#isFull) this.#bulk();
    else if (lot < 0.3 && !this.#isFull) this.#write(pick(this.#random, written));
    else if (lot < 0.75) this.#change();
    else this.#remove();
  }

  /** What a transaction writes, without writing it. */
  some(): { evidence: string; winstrom: Json } {
    const evidence = pick(this.#random, written);
    const records = Array.from({ length: between(this.#random, 1, 4) }, () =>
      this.#record(evidence),
    );
    return { evidence, winstrom: { [evidence]: records } };
  }

  get #isFull(): boolean {
    const counts = Object.values(this.#company.counts());
    return counts.reduce((sum, one) => sum + one, 0) > mostRecords;
  }

  #write(evidence: string): void {
    const records = Array.from({ length: between(this.#random, 1, 3) }, () =>
      this.#record(evidence),
    );
    const { status } = this.#company.write(evidence, { [evidence]: records });
    if (status === 400) this.counts.refused += 1;
    else this.counts.create += records.length;
  }

  #change(): void {
    const evidence = pick(this.#random, written);
    const ids = this.#ids(evidence);
    if (ids.length === 0) return;
    const records = Array.from({ length: between(this.#random, 1, 3) }, () => ({
      id: pick(this.#random, ids),
      ...this.#changes(evidence),
    }));
    const { status } = this.#company.write(evidence, { [evidence]: records });
    if (status === 400) this.counts.refused += 1;
    else this.counts.update += records.length;
  }

  /** Also addresses, prices and invoices that this writer made, where nothing refers to them. */
  #remove(): void {
    const evidence = pick(this.#random, written);
    const own = this.#company
      .list(evidence, {
        limit: 0,
        detail: 'custom:kod',
        validityFilter: false,
        ...(!deletable.includes(evidence) && { filter: "kod begins 'FIRE'" }),
      })
      .records.map(({ id }) => String(id));
    if (own.length === 0) return;
    try {
      this.#company.delete(evidence, pick(this.#random, own));
      this.counts.delete += 1;
    } catch {
      this.counts.refused += 1;
    }
  }

  #bulk(): void {
    const changes = pick(this.#random, [60, 300, 1_200, 2_500]);
    this.#company.bulk({ changes, records: 18, seed: between(this.#random, 1, 1_000_000) });
    this.counts.bulk += 1;
  }

  #ids(evidence: string): string[] {
    const query = { limit: 0, detail: 'id', validityFilter: false };
    return this.#company.list(evidence, query).records.map(({ id }) => String(id));
  }

  #record(evidence: string): Json {
    this.#number += 1;
    const kod = `FIRE${this.#number}`;
    const random = this.#random;
    const firma = pick(random, this.#ids('adresar'));
    const document = { kod, firma, typDokl: 'code:FAKTURA', ...this.#changes(evidence) };
    const income = random() < 0.5;
    const known: Record<string, () => Json> = {
      adresar: () => ({ kod, nazev: `Firma ${kod}`, ...this.#changes(evidence) }),
      cenik: () => ({ kod, nazev: `Zboží ${kod}`, ...this.#changes(evidence) }),
      smlouva: () => ({
        kod,
        nazev: `Smlouva ${kod}`,
        firma,
        typSml: 'code:SLUŽBY',
        smlouvaOd: day(random),
        ...this.#changes(evidence),
      }),
      'faktura-vydana': () => ({
        ...document,
        ...(random() < 0.3 && { id: `ext:fire:${this.#number}` }),
        polozkyFaktury: Array.from({ length: between(random, 1, 3) }, () => ({
          cenik: pick(random, this.#ids('cenik')),
          mnozMj: amount(random, 20),
        })),
      }),
      'faktura-prijata': () => ({ ...document, varSym: `${this.#number}` }),
      banka: () => ({
        ...document,
        typDokl: 'code:STANDARD',
        banka: 'code:BANKOVNÍ ÚČET',
        typPohybuK: income ? 'typPohybu.prijem' : 'typPohybu.vydej',
        sumCelkem: amount(random, 40_000),
      }),
      'pokladni-pohyb': () => ({
        ...document,
        typDokl: income ? 'code:PŘÍJEM' : 'code:VÝDEJ',
        typPohybuK: income ? 'typPohybu.prijem' : 'typPohybu.vydej',
        pokladna: 'code:POKLADNA KČ',
      }),
      'objednavka-prijata': () => ({ ...document, typDokl: 'code:OBP' }),
    };
    const make = known[evidence];
    if (make === undefined) throw new RangeError(`nobody creates a ${evidence} by itself`);
    return make();
  }

  /**
   * Fields that may change at any time, of every kind. Codes and names of what others refer to are
   * not among them: FlexiBee shows them in the records that refer, whose versions stay.
   */
  #changes(evidence: string): Json {
    const random = this.#random;
    const poznam = pick(random, [
      `at ${performance.now()}`,
      'Žluťoučký kůň\n„úpěl“ — 🔥',
      '',
      'NULL',
    ]);
    if (evidence === 'adresar') {
      return {
        poznam,
        tel: `+420 ${between(random, 100_000_000, 999_999_999)}`,
        splatDny: between(random, 0, 90),
        limitFak: amount(random, 1_000_000),
        platceDph: random() < 0.5,
        datZaloz: day(random),
      };
    }
    if (evidence === 'cenik') {
      return {
        poznam,
        zaruka: between(random, 0, 60),
        cenaZakl: amount(random, 9_999),
        skladove: random() < 0.5,
      };
    }
    if (evidence === 'smlouva') {
      return {
        poznam,
        frekFakt: between(random, 1, 12),
        smlouvaDo: day(random),
        autoProdl: random() < 0.5,
      };
    }
    const sums = evidence === 'faktura-vydana' ? {} : { sumZklZakl: amount(random, 60_000) };
    return {
      poznam,
      popis: `Doklad ${between(random, 1, 1_000_000)}`,
      datVyst: day(random),
      ...sums,
    };
  }
}

const amount = (random: Random, most: number) => (random() * most).toFixed(2);

const day = (random: Random) =>
  new Date(Date.UTC(2024, 0, between(random, 1, 900))).toISOString().slice(0, 10);
