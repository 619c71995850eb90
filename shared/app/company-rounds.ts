/** How a minute's polls are put into messages: many in one, and spread over the minute. */

import type { CompanyRound } from './company-message.ts';

/** A message has as many at least, where there are as many: each is an invocation, and is paid for. */
const fewest = 16;

/**
 * So that the scale controller, which wants an instance for eight messages (`batchSize` of
 * host.json), starts three for all polls at most, however many companies there are. With more the
 * same polls are spread over more instances and more seconds, each of which is paid for; with fewer
 * they last too long (bench/scale.ts plays it).
 */
const mostMessages = 24;

/** Over so much of the minute they are spread: the rest is for the last of them. */
const spreadSeconds = 50;

/**
 * Each company once, in messages that are to be had one after another. Neighbours of the catalogue,
 * which are often at one server, are in different messages. The same companies come in the same
 * second of every minute.
 *
 * @param at ISO 8601
 */
export function rounds(companies: readonly string[], at: string): CompanyRound[] {
  const count = Math.min(mostMessages, Math.ceil(companies.length / fewest));
  return Array.from({ length: count }, (_, index) => ({
    round: companies.filter((_company, place) => place % count === index),
    at,
    delaySeconds: Math.floor((index * spreadSeconds) / count),
  }));
}
