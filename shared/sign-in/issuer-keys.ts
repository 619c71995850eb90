/**
 * The public keys of an issuer, by OpenID Connect Discovery 1.0. They are fetched when the first
 * token comes, and then rarely: whoever sends tokens never decides how often the issuer is asked.
 */

import { createPublicKey } from 'node:crypto';
import type { JSONWebKeySet } from 'jose';
import { z } from 'zod';
import { unlessAborted } from '../async/abort.ts';
import { exchange } from '../outbound/exchange.ts';

/** After that keys are fetched anew, beside whoever asks. An issuer announces its keys days ahead. */
const freshMs = 3_600_000;

/** So long they are good while the issuer does not answer. */
const longestMs = 86_400_000;

/** Between two fetches, whatever tokens come: of keys that nobody knows, or after one that failed. */
const restMs = 30_000;

/** The same where nobody can be let in meanwhile. */
const restWithoutKeysMs = 5_000;

const limits = { connectMs: 3_000, deadlineMs: 5_000, maxBytes: 262_144 };

/** The issuer's keys cannot be had, so nobody can say whether a token is good. */
export class IssuerAwayError extends Error {
  override readonly name = 'IssuerAwayError';
  /** Milliseconds after which it is asked again. */
  readonly retryMs: number;

  constructor(retryMs: number, options?: ErrorOptions) {
    super('The keys of the issuer of tokens cannot be had', options);
    this.retryMs = retryMs;
  }
}

const discoverySchema = z.object({ issuer: z.string(), jwks_uri: z.url() });
const keySchema = z.looseObject({ kty: z.string(), kid: z.string().optional() });
const keySetSchema = z.object({ keys: z.array(keySchema).min(1).max(200) });

/** Those of one fetch. */
export interface Keys {
  readonly set: JSONWebKeySet;
}

interface Waiting {
  signal: AbortSignal;
  /** Told why a fetch has failed, once for each. */
  warn(text: string): void;
}

export class IssuerKeys {
  readonly #issuer: string;
  readonly #now: () => number;
  #keys: (Keys & { since: number }) | undefined;
  #fetching: Promise<Keys> | undefined;
  #lastTry = Number.NEGATIVE_INFINITY;
  #failure: unknown;

  /** @param now monotonic milliseconds */
  constructor(issuer: string, now: () => number = () => performance.now()) {
    this.#issuer = issuer;
    this.#now = now;
  }

  /** Those that are known; fetched where none are. @throws IssuerAwayError, or the reason of the signal */
  async current(waiting: Waiting): Promise<Keys> {
    const keys = this.#keys;
    const ageMs = keys === undefined ? Number.POSITIVE_INFINITY : this.#now() - keys.since;
    if (keys === undefined || ageMs >= longestMs) {
      const restedMs = this.#now() - this.#lastTry;
      if (this.#fetching === undefined && this.#failure !== undefined) {
        const leftMs = restWithoutKeysMs - restedMs;
        if (leftMs > 0) throw new IssuerAwayError(leftMs, { cause: this.#failure });
      }
      return await this.#fetched(waiting);
    }
    // Nobody waits for it: what is known is good until it fails for a day.
    if (ageMs >= freshMs && this.#isRested()) this.#fetched(waiting).catch(() => {});
    return keys;
  }

  /**
   * Newer ones than `known`, for a token of a key that is not among them; undefined where the issuer
   * was asked a moment ago and has none.
   *
   * @throws IssuerAwayError, or the reason of the signal
   */
  async newerThan(known: Keys, waiting: Waiting): Promise<Keys | undefined> {
    if (this.#keys !== undefined && this.#keys.set !== known.set) return this.#keys;
    if (this.#fetching !== undefined || this.#isRested()) return await this.#fetched(waiting);
    if (this.#failure === undefined) return undefined;
    const leftMs = restMs - (this.#now() - this.#lastTry);
    throw new IssuerAwayError(leftMs, { cause: this.#failure });
  }

  #isRested(): boolean {
    return this.#now() - this.#lastTry >= restMs;
  }

  /** One fetch for all who wait; it bounds itself, and goes on for the others when one leaves. */
  #fetched({ signal, warn }: Waiting): Promise<Keys> {
    this.#fetching ??= this.#fetch(warn);
    return unlessAborted(this.#fetching, signal);
  }

  async #fetch(warn: Waiting['warn']): Promise<Keys> {
    this.#lastTry = this.#now();
    try {
      const set = await keysOf(this.#issuer);
      this.#keys = { set, since: this.#now() };
      this.#failure = undefined;
      return this.#keys;
    } catch (error) {
      this.#failure = error;
      warn(`Keys of ${this.#issuer} could not be had: ${String(error)}`);
      const rest = this.#keys === undefined ? restWithoutKeysMs : restMs;
      throw new IssuerAwayError(rest, { cause: error });
    } finally {
      this.#fetching = undefined;
    }
  }
}

/** @throws Error that says what is wrong with the issuer */
async function keysOf(issuer: string): Promise<JSONWebKeySet> {
  const { origin } = new URL(issuer);
  const configuration = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const about = as(discoverySchema, await jsonAt(configuration), 'its configuration is none');
  // OpenID Connect Discovery 1.0, 4.3: otherwise it is somebody else's.
  if (about.issuer !== issuer) throw new Error('its configuration is that of another issuer');
  const address = new URL(about.jwks_uri);
  if (address.protocol !== 'https:' && address.origin !== origin) {
    throw new Error('its keys are at an address without encryption');
  }
  const { keys } = as(keySetSchema, await jsonAt(address.href), 'its keys are none');
  const usable = keys.filter(isUsable);
  if (usable.length === 0) throw new Error('its keys are none');
  return { keys: usable } as JSONWebKeySet;
}

/** Whether a signature can be checked by it: RSA of 2,048 bits or more (RFC 7518, 3.3). */
function isUsable(key: z.infer<typeof keySchema>): boolean {
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPublicKey({ key, format: 'jwk' });
    return asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;
  } catch {
    return false;
  }
}

async function jsonAt(address: string): Promise<unknown> {
  const call = {
    ...limits,
    method: 'GET' as const,
    url: new URL(address),
    headers: { accept: 'application/json', 'accept-encoding': 'gzip' },
    agent: false as const,
    rejectUnauthorized: true,
  };
  const { status, body } = await exchange(call, new AbortController().signal);
  if (status !== 200) throw new Error(`it answered ${status}`);
  try {
    return JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new Error('it answered no JSON', { cause });
  }
}

function as<T extends z.ZodType>(schema: T, value: unknown, fault: string): z.infer<T> {
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new Error(fault, { cause: parsed.error });
  return parsed.data;
}
