import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { feedLine } from '#cli/demo/line-feeder.ts';
import { generateSamples } from '#resources/samples/index.ts';

const PACE_MS = 200;

/** Plays the line of a populated site to its revived gateways until the returned function is called. */
export async function startLine(siteDir: string, workDir: string): Promise<() => Promise<void>> {
  const { frames } = await generateSamples(workDir, { seed: 7 });
  const urls = await servingUrls(join(siteDir, 'demo', 'gateways'));
  const stop = new AbortController();
  const ended = feedLine({ servingUrls: () => urls, frames, paceMs: PACE_MS, signal: stop.signal });
  return () => {
    stop.abort();
    return ended;
  };
}

/** Every gateway says in its log where it serves; the last line counts, since each start takes a new port. */
async function servingUrls(gatewaysDir: string): Promise<string[]> {
  const logs = (await readdir(gatewaysDir)).filter((name) => name.endsWith('.log'));
  const texts = await Promise.all(logs.map((name) => readFile(join(gatewaysDir, name), 'utf8')));
  return texts.flatMap((text) => [...text.matchAll(/^serving (http:\S+)$/gm)].at(-1)?.[1] ?? []);
}
