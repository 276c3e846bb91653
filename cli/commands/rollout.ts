import type { Command } from 'commander';
import type { RolloutView } from '#contracts/rollout.ts';
import { AppError, canonicalJson, isBlocking } from '#core/base/index.ts';
import { simulateRollout, startRecord, type AbortMode } from '#core/rollout/index.ts';
import type { StationServices } from '#station/rpc/services.ts';
import { withListeningSite, withSite } from '../compose.ts';
import { EXIT, type CliIo, type ExitCode } from '../output/index.ts';
import { printable } from '../output/print-findings.ts';
import { followRollout, newestSeq, type Followed, type FollowOptions } from '../rollout/follow.ts';
import { previewLines, printPlan, printRollout, printRollouts, printSimulation } from '../rollout/print-rollout.ts';
import { requestOf, withRolloutWish, type RolloutWish } from '../rollout/request.ts';

interface SiteOptions {
  readonly site: string;
  readonly json?: true;
}
type WishOptions = SiteOptions & RolloutWish;
type FollowingOptions = SiteOptions & FollowOptions;
type StopOptions = FollowingOptions & { readonly reason: string; readonly confirm?: string };

const WHO_IS_THE_STATION = `
While one of these commands runs it is the station of the site: gateways connect to it, and the rollout goes on. When it ends, the
rollout rests as it is recorded and goes on with the next command that follows it, with \`gantry serve\`, or with the desktop window.`;

/** `gantry rollout`. */
export function registerRollout(program: Command, io: CliIo): void {
  const rollout = program
    .command('rollout')
    .description('Plan and run rollouts: canary, early, rest')
    .addHelpText('after', WHO_IS_THE_STATION);
  registerPlanning(rollout, io);
  registerRunning(rollout, io);
  registerStop(rollout, 'abort', 'Stop here: devices on the new version keep it, others never start', io);
  registerStop(rollout, 'rollback', 'Send every device back to what it ran before', io);
}

function registerPlanning(rollout: Command, io: CliIo): void {
  withSiteOption(
    withRolloutWish(
      rollout
        .command('plan')
        .description(
          'Say who would get what in which cohort; touches nothing. With --json the same inputs give the same bytes',
        ),
    ),
  ).action(async (options: WishOptions) => {
    process.exitCode = await plan(options, io);
  });
  withSiteOption(
    withRolloutWish(
      rollout
        .command('simulate')
        .description('Show the order of steps on this fleet, with devices that take it well; touches nothing'),
    ),
  ).action((options: WishOptions) => simulate(options, io));
  withFollow(
    withSiteOption(
      withRolloutWish(
        rollout
          .command('start')
          .description('Start a rollout and follow it. Exit 3 when it is held, aborted or rolled back'),
      ),
    ),
  )
    .option('--plan-digest <digest>', 'start only if the plan is still the one that `plan` showed')
    .action(async (options: WishOptions & FollowingOptions) => {
      process.exitCode = await start(options, io);
    });
}

function registerRunning(rollout: Command, io: CliIo): void {
  withSiteOption(
    rollout.command('status').description('Show all rollouts, or one').argument('[rollout]', 'id of a rollout'),
  )
    .option('--follow', 'follow it until nothing moves any more; it goes on meanwhile', false)
    .option('--follow-seconds <n>', 'follow no longer than this')
    .action(async (id: string | undefined, options: FollowingOptions) => {
      process.exitCode = await status(id, options, io);
    });
  withSiteOption(
    rollout
      .command('pause')
      .description('Start no more devices; those in flight finish their soak')
      .argument('[rollout]', 'id; the open one when absent'),
  )
    .requiredOption('--reason <text>', 'why; it is recorded')
    .action(async (id: string | undefined, options: SiteOptions & { reason: string }) => {
      const view = await withSite(options.site, io, ({ services, person }) =>
        services.rollouts.pause(openRollout(services, id).id, options.reason, person),
      );
      report(view, 'not-followed', { options, io });
    });
  withFollow(
    withSiteOption(
      rollout
        .command('resume')
        .description('Go on after a pause, or let a gate pass that only lacked requests')
        .argument('[rollout]', 'id; the open one when absent'),
    ),
  ).action(async (id: string | undefined, options: FollowingOptions) => {
    const { view, followed } = await withListeningSite(options.site, io, async ({ services, person }) => {
      const afterSeq = newestSeq(services);
      const { id: rolloutId } = await services.rollouts.resume(openRollout(services, id).id, person);
      return followRollout(services, rolloutId, { options, io, afterSeq });
    });
    report(view, followed, { options, io });
    process.exitCode = exitOf(view, followed);
  });
}

function registerStop(rollout: Command, mode: AbortMode, description: string, io: CliIo): void {
  withFollow(
    withSiteOption(
      rollout
        .command(mode)
        .description(`${description}. Says how many devices first, and needs --confirm`)
        .argument('[rollout]', 'id; the open one when absent'),
    ),
  )
    .requiredOption('--reason <text>', 'why; it is recorded')
    .option('--confirm <ticket>', 'the change ticket of the rollout, typed: this changes production')
    .action(async (id: string | undefined, options: StopOptions) => {
      process.exitCode = await stop(mode, id, { options, io });
    });
}

function withSiteOption(command: Command): Command {
  return command.requiredOption('--site <dir>', 'folder of the site').option('--json', 'print one JSON document');
}

function withFollow(command: Command): Command {
  return command
    .option('--follow', 'follow it until nothing moves any more', true)
    .option('--no-follow', 'only record it; it goes on when a station of the site runs')
    .option('--follow-seconds <n>', 'follow no longer than this');
}

async function plan(options: WishOptions, io: CliIo): Promise<ExitCode> {
  const made = await withSite(options.site, io, async ({ services }) =>
    services.rollouts.plan(await requestOf(options, services)),
  );
  if (options.json === true) io.out(canonicalJson(made));
  else printPlan(made.plan, made.planDigest, io);
  return isBlocking(made.plan.findings) ? EXIT.refused : EXIT.done;
}

async function simulate(options: WishOptions, io: CliIo): Promise<void> {
  const simulation = await withSite(options.site, io, async ({ services, person }) => {
    const made = await services.rollouts.plan(await requestOf(options, services));
    // A clock that stands at zero: the same plan gives the same bytes.
    return simulateRollout(
      startRecord({ ...made, id: 'simulated', seenDigest: undefined, startedBy: person.name, now: 0 }),
      services.fleet.list(),
    );
  });
  if (options.json !== true) printSimulation(simulation, io);
  else
    io.out(
      canonicalJson({ ...simulation, steps: simulation.steps.map(({ afterMs, step }) => ({ afterMs, ...step })) }),
    );
}

async function start(options: WishOptions & FollowingOptions, io: CliIo): Promise<ExitCode> {
  const { view, followed } = await withListeningSite(options.site, io, async ({ services, person }) => {
    const request = await requestOf(options, services);
    const { id } = await services.rollouts.start(request, person);
    return followRollout(services, id, { options, io });
  });
  report(view, followed, { options, io });
  return exitOf(view, followed);
}

async function status(id: string | undefined, options: FollowingOptions, io: CliIo): Promise<ExitCode> {
  if (id === undefined && !options.follow) {
    const rollouts = await withSite(options.site, io, ({ services }) => Promise.resolve(services.rollouts.list()));
    if (options.json === true) io.json({ rollouts });
    else printRollouts(rollouts, io);
    return EXIT.done;
  }
  const { view, followed } = await withListeningSite(options.site, io, ({ services }) => {
    const rolloutId = id ?? openRollout(services, id).id;
    // A look at one rollout shows where it stands; its transitions are for those who follow.
    return followRollout(services, rolloutId, { options, io, afterSeq: newestSeq(services) });
  });
  report(view, followed, { options, io });
  return exitOf(view, followed);
}

async function stop(
  mode: AbortMode,
  id: string | undefined,
  { options, io }: { options: StopOptions; io: CliIo },
): Promise<ExitCode> {
  const { view, followed } = await withListeningSite(options.site, io, async ({ services, person }) => {
    const { id: rolloutId, ticket } = openRollout(services, id);
    const preview = services.rollouts.abortPreview(rolloutId, mode);
    const say = options.json === true ? io.err : io.out;
    for (const line of previewLines(preview)) say(line);
    if (options.confirm !== ticket) {
      const { keep, neverStart, rollBack } = preview;
      throw new AppError(
        'ROLLOUT_NOT_CONFIRMED',
        `repeat with --confirm '${printable(ticket)}' to ${mode} rollout ${rolloutId}`,
        {
          rolloutId,
          ticket,
          keep,
          neverStart,
          rollBack,
        },
      );
    }
    const afterSeq = newestSeq(services);
    await services.rollouts[mode](rolloutId, options.reason, person);
    return followRollout(services, rolloutId, { options, io, afterSeq });
  });
  report(view, followed, { options, io });
  return followed === 'time-limit' || followed === 'stopped' ? EXIT.environment : EXIT.done;
}

/** The rollout of this id, or the only one that is open. */
function openRollout(services: Pick<StationServices, 'rollouts'>, id: string | undefined): RolloutView {
  if (id !== undefined) return services.rollouts.get(id);
  const open = services.rollouts.list().filter((view) => ['running', 'paused', 'held'].includes(view.state));
  const [only] = open;
  if (only !== undefined && open.length === 1) return only;
  throw new AppError('USAGE_INVALID', `${String(open.length)} rollouts are open; name one by its id`, {
    open: open.map((view) => view.id),
  });
}

function report(view: RolloutView, followed: Followed, { options, io }: { options: SiteOptions; io: CliIo }): void {
  if (options.json === true) {
    io.json({ ...view, followed });
    return;
  }
  printRollout(view, io);
  const isOpen = view.state === 'running' || followed === 'time-limit' || followed === 'stopped';
  if (isOpen)
    io.out(
      `It goes on when a station of this site runs: gantry rollout status ${view.id} --site ${options.site} --follow`,
    );
}

function exitOf(view: RolloutView, followed: Followed): ExitCode {
  if (followed === 'not-followed') return EXIT.done;
  if (followed !== 'settled') return EXIT.environment;
  return view.state === 'finished' ? EXIT.done : EXIT.refused;
}
