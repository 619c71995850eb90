/** A clock that stands still until it is told to go on. */

import type { Timer } from '../src/hooks/timings.ts';

interface Appointment {
  at: number;
  run: () => void;
}

export class FakeTimer implements Timer {
  #now = 0;
  #appointments: Appointment[] = [];

  after(milliseconds: number, run: () => void): () => void {
    const appointment = { at: this.#now + milliseconds, run };
    this.#appointments.push(appointment);
    return () => {
      this.#appointments = this.#appointments.filter((other) => other !== appointment);
    };
  }

  /** Milliseconds until each appointment, soonest first. */
  get waits(): number[] {
    return this.#appointments.map(({ at }) => at - this.#now).sort((one, other) => one - other);
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
    const due = this.#appointments.filter(({ at }) => at <= this.#now);
    this.#appointments = this.#appointments.filter(({ at }) => at > this.#now);
    for (const { run } of due.sort((one, other) => one.at - other.at)) run();
  }
}
