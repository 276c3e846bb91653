import { PROGRAM_VERSION } from '#core/base/index.ts';
import { rolloutStateOf } from '#core/slots/index.ts';
import type { AgentDeps } from './agent-deps.ts';
import { openAgentParts } from './agent-parts.ts';
import { recover } from './convergence/serving-steps.ts';
import { startModelServer } from './serving/model-server.ts';
import { createInbox } from './station-link/inbox.ts';
import { receiveDesired } from './station-link/receive-desired.ts';

export interface Agent {
  readonly url: string;
  stop(): Promise<void>;
}

const HEARTBEAT_MS = 15_000;

/**
 * Starts a gateway: first what this disk can serve, with no network; then the link to the station.
 * An unreachable station never keeps a model from serving.
 */
export async function startAgent(deps: AgentDeps): Promise<Agent> {
  const { clock, identity, log } = deps;
  const { live, state, queue, host, reporter, context, converger, guard, requests } = await openAgentParts(deps);

  const server = await startModelServer(host, deps.listen);
  live.url = server.url;
  const recovered = await recover(context);
  log(`serving on ${server.url}: ${recovered}`);
  await reporter.emit({
    type: 'started',
    version: PROGRAM_VERSION,
    recovered: `${recovered} (${rolloutStateOf(state.current)})`,
  });
  await reporter.stateChanged();
  converger.trigger();

  const inbox = createInbox(log, async (leaf, document) => {
    if (leaf === 'request') {
      await requests.receive(document);
      return;
    }
    const effect = await receiveDesired(document, { clock, identity, verifier: deps.verifier, state, log });
    if (effect === 'nothing') return;
    await reporter.stateChanged();
    converger.trigger({ cancelCurrent: effect === 'other-model' });
  });
  live.link = await deps.connect({
    document: inbox.put,
    connected: () => {
      void reporter.flush();
      void queue.drain();
    },
  });
  live.metrics = await deps.startMetrics();
  const heartbeat = setInterval(() => {
    void reporter.flush();
    void queue.drain();
  }, HEARTBEAT_MS);

  return {
    url: server.url,
    async stop() {
      clearInterval(heartbeat);
      guard.stop();
      await requests.stop();
      await converger.stop();
      await inbox.empty();
      await server.close();
      await host.close();
      await reporter.flush();
      await live.metrics?.close().catch(() => undefined);
      await live.link?.close();
      deps.http.close();
    },
  };
}
