/**
 * `npm run check:packages`: that the lock file holds every package to its digest, and that none has a
 * fault that is known, as far as the registry can be asked.
 */

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import lock from '../package-lock.json' with { type: 'json' };
import { commandLine } from '../shared/command-line/command-line.ts';
import linterLock from './fetched/linter/package-lock.json' with { type: 'json' };
import generatorLock from './fetched/openapi-generator/package-lock.json' with { type: 'json' };
import nodeLock from './fetched/own-node/package-lock.json' with { type: 'json' };

const askMs = 60_000;

interface Locked {
  link?: boolean;
  resolved?: string;
  integrity?: string;
}

/** Those that npm would take whatever came in their place. */
export function withoutDigest(packages: Readonly<Record<string, Locked>>): string[] {
  return Object.entries(packages)
    .filter(
      ([path, { link, integrity }]) => /(^|\/)node_modules\//.test(path) && !link && !integrity,
    )
    .map(([path]) => path);
}

export type Audit = { asked: false; why: string } | { asked: true; faults: string[] };

/** What `npm audit --json` said; whatever is no report was no answer. */
export function auditOf(text: string): Audit {
  let report: unknown;
  try {
    report = JSON.parse(text);
  } catch {
    return { asked: false, why: 'npm audit said nothing that can be read' };
  }
  const { vulnerabilities, error, message } = Object(report) as {
    vulnerabilities?: Record<string, { severity: string; range: string }>;
    error?: { summary?: string };
    message?: string;
  };
  if (vulnerabilities === undefined) {
    const why = message ?? error?.summary ?? 'npm audit had no report';
    return { asked: false, why: why.split('\n')[0] || 'the registry does not tell' };
  }
  const faults = Object.entries(vulnerabilities).map(
    ([name, { severity, range }]) => `${name} ${range}: ${severity}`,
  );
  return { asked: true, faults };
}

async function audit(): Promise<Audit> {
  const args = ['audit', '--omit=dev', '--json'];
  // It ends with 1 where there are faults, too.
  const { stdout } = await promisify(execFile)('npm', args, { timeout: askMs }).catch(
    (error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }),
  );
  return auditOf(stdout);
}

if (import.meta.main) {
  commandLine({
    name: 'npm run check:packages --',
    what: 'Whether every package has its digest in the lock file, and none that is deployed a known fault.',
    options: {},
  });
  const loose = [lock, linterLock, generatorLock, nodeLock].flatMap(({ packages }) =>
    withoutDigest(packages as unknown as Readonly<Record<string, Locked>>),
  );
  for (const path of loose) console.error(`${path} has no integrity in package-lock.json`);
  const found = await audit();
  if (found.asked) {
    for (const fault of found.faults) console.error(`known fault: ${fault}`);
    if (found.faults.length === 0) console.log('No known fault of a package that is deployed.');
  } else {
    console.log(
      `Known faults of packages: could not ask (${found.why}). Nothing is known of them.`,
    );
  }
  process.exit(loose.length > 0 || (found.asked && found.faults.length > 0) ? 1 : 0);
}
