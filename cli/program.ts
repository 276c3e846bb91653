import { Command } from 'commander';
import type { CliIo } from './output/io.ts';

type Register = (program: Command, io: CliIo) => void;

interface Verb {
  readonly summary: string;
  /** Loaded only when the verb is used: a verdict must not wait for a database or a web server to load. */
  readonly load: () => Promise<Register>;
}

/** Every verb of the command line (a public contract: add freely, rename never). */
const VERBS: Readonly<Record<string, Verb>> = {
  demo: {
    summary: 'tell the whole story on embedded parts',
    load: async () => (await import('./commands/demo.ts')).registerDemo,
  },
  init: { summary: 'create a site', load: async () => (await import('./commands/init.ts')).registerInit },
  serve: {
    summary: 'run the station host and its browser shell',
    load: async () => (await import('./commands/serve.ts')).registerServe,
  },
  keys: { summary: 'make signing keys', load: async () => (await import('./commands/keys.ts')).registerKeys },
  bundle: {
    summary: 'create, sign, attest and inspect model bundles',
    load: async () => (await import('./commands/bundle.ts')).registerBundle,
  },
  verify: {
    summary: 'give an offline verdict on a bundle',
    load: async () => (await import('./commands/verify.ts')).registerVerify,
  },
  sigstore: {
    summary: 'verify Sigstore bundles offline, by identity or by key',
    load: async () => (await import('./commands/sigstore.ts')).registerSigstore,
  },
  scan: {
    summary: 'look at the structure of a model file without loading it',
    load: async () => (await import('./commands/scan.ts')).registerScan,
  },
  media: {
    summary: 'write and check media sets',
    load: async () => (await import('./commands/media.ts')).registerMedia,
  },
  import: {
    summary: 'verify a bundle and copy it into a site',
    load: async () => (await import('./commands/import.ts')).registerImport,
  },
  trust: {
    summary: 'say whose bundles a site accepts',
    load: async () => (await import('./commands/trust.ts')).registerTrust,
  },
  people: {
    summary: 'say who may decide beside the first administrator',
    load: async () => (await import('./commands/people.ts')).registerPeople,
  },
  tuf: {
    summary: 'refresh and download from a TUF repository (protocol of tuf-conformance)',
    load: async () => (await import('./commands/tuf.ts')).registerTuf,
  },
  fleet: { summary: 'list and enrol devices', load: async () => (await import('./commands/fleet.ts')).registerFleet },
  agent: { summary: 'enrol and run a gateway', load: async () => (await import('./commands/agent.ts')).registerAgent },
  bench: {
    summary: 'measure models on this machine or on a gateway',
    load: async () => (await import('./commands/bench.ts')).registerBench,
  },
  rollout: {
    summary: 'plan and run rollouts',
    load: async () => (await import('./commands/rollout.ts')).registerRollout,
  },
  mirror: {
    summary: 'serve the registry mirror alone',
    load: async () => (await import('./commands/mirror.ts')).registerMirror,
  },
  telemetry: {
    summary: 'look at and export telemetry',
    load: async () => (await import('./commands/telemetry.ts')).registerTelemetry,
  },
  review: {
    summary: 'export labelled samples',
    load: async () => (await import('./commands/review.ts')).registerReview,
  },
  outbox: {
    summary: 'list and write what leaves the plant on a stick',
    load: async () => (await import('./commands/outbox.ts')).registerOutbox,
  },
  audit: {
    summary: 'export and verify change records',
    load: async () => (await import('./commands/audit.ts')).registerAudit,
  },
  doctor: {
    summary: 'say what this machine has',
    load: async () => (await import('./commands/doctor.ts')).registerDoctor,
  },
};

/** The program for one command line: the verb that is named is loaded, the others are listed. */
export function createProgram(args: readonly string[], io: CliIo): Promise<Command> {
  const named = args.find((arg) => Object.hasOwn(VERBS, arg));
  return assemble((name) => name === named, io);
}

/** The program with every verb loaded: for the reference, which lists all of them. */
export function createWholeProgram(io: CliIo): Promise<Command> {
  return assemble(() => true, io);
}

async function assemble(isWanted: (verb: string) => boolean, io: CliIo): Promise<Command> {
  const program = new Command('gantry')
    .description('Carries machine-learning models over the air gap into a plant and brings the evidence back out.')
    .option('--progress <style>', 'progress on stderr: bar, json or none')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => {
        io.out(text.trimEnd());
      },
      writeErr: (text) => {
        io.err(text.trimEnd());
      },
    });
  for (const [name, verb] of Object.entries(VERBS)) {
    if (isWanted(name)) (await verb.load())(program, io);
    else program.command(name).summary(verb.summary).description(verb.summary);
  }
  inheritSettings(program);
  return program;
}

/** Sub-commands made by `register…` report usage errors the same way and take `--progress` anywhere. */
function inheritSettings(parent: Command): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent);
    if (command.commands.length === 0 && !command.options.some((option) => option.long === '--progress'))
      command.option('--progress <style>', 'progress on stderr: bar, json or none');
    inheritSettings(command);
  }
}
