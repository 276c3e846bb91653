import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { AppError } from '#core/base/index.ts';
import type { VolumeReader } from '#core/media/ports.ts';
import { nodeFolderOpener, nodeMediaAccess } from '#native/media/index.ts';
import { withSite, type OpenSite } from '../compose.ts';
import type { CliIo } from '../output/index.ts';

/** What each part of `gantry trust` that works on a site takes. */
export interface SiteOptions {
  readonly site: string;
  readonly json?: true;
}

export function onSite(command: Command): Command {
  return command.requiredOption('--site <dir>', 'folder of the site').option('--json', 'print one JSON document');
}

/** One change of a site. What throws at once and what throws later end alike. */
export function changeSite<T>(options: SiteOptions, io: CliIo, work: (site: OpenSite) => T): Promise<T> {
  return withSite(options.site, io, (site) => Promise.resolve().then(() => work(site)));
}

/** One document for a program, or a sentence for a person. */
export function tell(json: Record<string, unknown>, text: string, options: SiteOptions, io: CliIo): void {
  if (options.json === true) io.json(json);
  else io.out(text);
}

/** The first line of a file: a passphrase is never an argument, which other people of the machine could read. */
export async function firstLine(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).split(/\r?\n/, 1)[0] ?? '';
  } catch (cause) {
    throw new AppError('USAGE_INVALID', `${path} cannot be read`, { path }, { cause });
  }
}

/** A stick or folder that a person names. */
export async function openMedium(source: string): Promise<VolumeReader> {
  return nodeMediaAccess.reader(await nodeFolderOpener.open(source));
}
