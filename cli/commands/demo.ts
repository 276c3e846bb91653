import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Command } from 'commander';
import { AppError } from '#core/base/index.ts';
import { FIRST_SITE } from '#electron/station-host/compose.ts';
import { openStation } from '../compose.ts';
import { createDemoRunner, type TellingDemoRunner } from '../demo/demo-runner.ts';
import { demoSourceChoice, type DemoSourceChoice } from '../demo/demo-source.ts';
import { unheldSteps, type DemoSummary } from '../demo/summary.ts';
import { EXIT, type CliIo } from '../output/index.ts';

interface DemoOptions {
  readonly headless?: boolean;
  readonly json?: boolean;
  readonly keep?: string;
  readonly source: string;
}

/** `gantry demo`: the whole main job on embedded parts, with three gateways as processes of their own. */
export function registerDemo(program: Command, io: CliIo): void {
  program
    .command('demo')
    .description(
      'Tell the whole story on embedded parts: author, import, verify, measure, roll out, roll back, review, export, audit',
    )
    .option('--headless', 'without a window; the only form so far that ends by itself')
    .option('--json', 'print one JSON summary')
    .option('--keep <dir>', 'keep the site in this folder; `gantry serve --site` shows it')
    .option(
      '--source <source>',
      'auto: real circuit boards where their data is present; generated: images and a model made by code',
      'auto',
    )
    .action(async (options: DemoOptions) => {
      const source = demoSourceChoice('--source', options.source);
      const folder = options.keep === undefined ? await mkdtemp(join(tmpdir(), 'gantry-demo-')) : resolve(options.keep);
      try {
        await runDemo(folder, { ...options, source }, io);
      } finally {
        if (options.keep === undefined) await rm(folder, { recursive: true, force: true });
      }
    });
}

async function runDemo(siteDir: string, options: DemoOptions & { source: DemoSourceChoice }, io: CliIo): Promise<void> {
  const startedAt = io.clock.monotonicMs();
  const abort = new AbortController();
  const stop = (): void => {
    abort.abort(new AppError('CONFLICT', 'the demonstration was stopped', {}));
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, stop);
  let runner: TellingDemoRunner | null = null;
  const host = await openStation(
    {
      siteDir,
      create: FIRST_SITE,
      devicePort: 0,
      mqttPort: 0,
      demo: (site) => (runner = createDemoRunner(site, options.source)),
    },
    io,
  );
  let summary: DemoSummary | undefined;
  try {
    let lastStep = '';
    summary = await (runner as TellingDemoRunner | null)?.tell(host.person, {
      signal: abort.signal,
      report: (progress) => {
        io.progress(progress);
        if (options.json !== true && progress.step !== undefined && progress.step !== lastStep)
          io.out(STEP_TEXT[progress.step] ?? progress.step);
        lastStep = progress.step ?? lastStep;
      },
    });
  } finally {
    await host.close();
  }
  tell(summary ?? null, {
    options,
    io,
    seconds: (io.clock.monotonicMs() - startedAt) / 1000,
  });
}

/** What a person reads while the story goes on. */
const STEP_TEXT: Readonly<Record<string, string>> = {
  author: 'A publisher packs and signs three versions of a model and writes them to a stick.',
  enrol: 'Three gateways are enrolled with one-time codes and start their agents.',
  import: 'The stick is plugged in: version 1 is copied, verified offline and accepted.',
  'first-rollout': 'Version 1 goes to all gateways.',
  benchmark: 'Version 2 is imported, and its variants are measured on a gateway.',
  rollout: 'Version 2 goes out in cohorts: canary, early, rest, each with a soak and a gate.',
  'bad-model': 'A worse version 3, properly signed, goes to the canary. It must come back by itself.',
  review: 'Doubtful samples are labelled and exported as COCO.',
  telemetry: 'Telemetry is exported to the stick.',
  audit: 'The audit trail is exported, and the export is verified with only its public key.',
  done: 'Done.',
};

function tell(summary: DemoSummary | null, how: { options: DemoOptions; io: CliIo; seconds: number }): void {
  if (summary === null) throw new AppError('INTERNAL', 'the demonstration ended without a summary', {});
  const unheld = unheldSteps(summary);
  if (how.options.json === true)
    how.io.json({ ...summary, seconds: Math.round(how.seconds * 10) / 10, held: unheld.length === 0, unheld });
  else if (unheld.length === 0)
    how.io.out(
      `Every step held, in ${how.seconds.toFixed(0)} s.${how.options.keep === undefined ? '' : ` Look at it with: gantry serve --site ${how.options.keep} --open`}`,
    );
  else how.io.err(`These steps did not hold: ${unheld.join(', ')}`);
  if (unheld.length > 0) process.exitCode = EXIT.refused;
}
