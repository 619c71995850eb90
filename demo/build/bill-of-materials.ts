/** What is in the deployed folder that others have written: a bill of materials, and their licences. */

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Metafile } from 'esbuild';
import manifest from '../../package.json' with { type: 'json' };
import lock from '../../package-lock.json' with { type: 'json' };

export interface Package {
  name: string;
  version: string;
  /** An SPDX expression. */
  license: string;
  /** Of the archive that the registry has, as the lock file has it: `sha512-…`. */
  integrity: string | undefined;
  /** As the package has it; undefined where it has none of its own. */
  text: string | undefined;
}

/** Members differ from entry to entry: links have no digest. */
const locked = lock.packages as unknown as Readonly<Record<string, { integrity?: string }>>;

/**
 * Packages of which anything is in what was built, by name and version.
 *
 * @param root of the repository
 * @throws Error for one that does not say under which licence it is
 */
export async function packagesIn(root: string, built: readonly Metafile[]): Promise<Package[]> {
  const homes = new Set<string>();
  for (const { inputs } of built.flatMap(({ outputs }) => Object.values(outputs))) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const [, home] = /((?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
      if (home !== undefined && bytesInOutput > 0) homes.add(home.replace(/^.*?:/, ''));
    }
  }
  const packages = await Promise.all([...homes].map((home) => packageAt(root, home)));
  const key = ({ name, version }: Package) => `${name} ${version}`;
  const each = new Map(packages.map((one) => [key(one), one]));
  return [...each.values()].sort((one, other) => (key(one) < key(other) ? -1 : 1));
}

async function packageAt(root: string, home: string): Promise<Package> {
  const folder = join(root, home);
  const { name, version, license } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  ) as { name: string; version: string; license?: unknown };
  const file = (await readdir(folder)).sort().find((one) => /^(licen[cs]e|copying)\b/i.test(one));
  const text = file === undefined ? undefined : await readFile(join(folder, file), 'utf8');
  // Older packages have the text alone.
  const isMit = text !== undefined && /^Permission is hereby granted, free of charge/m.test(text);
  const told = typeof license === 'string' && license !== '' ? license : isMit ? 'MIT' : undefined;
  if (told === undefined) {
    throw new Error(`${home} does not say under which licence it is: it may not be deployed`);
  }
  return { name, version, license: told, integrity: locked[home]?.integrity, text };
}

/** CycloneDX 1.6; the same for the same packages, so that builds can be compared. */
export function billOfMaterials(packages: readonly Package[]): string {
  const { name, version, license } = manifest;
  const bom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', name, version, licenses: [licence(license)] } },
    components: packages.map((one) => ({
      type: 'library',
      'bom-ref': purlOf(one),
      name: one.name,
      version: one.version,
      purl: purlOf(one),
      licenses: [licence(one.license)],
      ...(one.integrity !== undefined && { hashes: [hashOf(one.integrity)] }),
    })),
  };
  return `${JSON.stringify(bom, undefined, 2)}\n`;
}

/** One after the other, as their licences ask for. */
export function thirdPartyLicences(packages: readonly Package[]): string {
  const parts = packages.map(
    ({ name, version, license, text }) =>
      `${name} ${version} (${license})\n\n${text?.trim() ?? 'The package has no text of its licence.'}\n`,
  );
  return parts.join(`\n${'-'.repeat(78)}\n\n`);
}

function licence(expression: string) {
  return /[ ()]/.test(expression) ? { expression } : { license: { id: expression } };
}

/** Package URL (ECMA-427). */
function purlOf({ name, version }: Package): string {
  return `pkg:npm/${name.replace('@', '%40')}@${version}`;
}

function hashOf(integrity: string): { alg: string; content: string } {
  const [, bits = '', digest = ''] = /^sha(\d+)-(\S+)/.exec(integrity) ?? [];
  return { alg: `SHA-${bits}`, content: Buffer.from(digest, 'base64').toString('hex') };
}
