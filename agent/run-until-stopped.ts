import { composeAgent, type AgentOptions } from './compose.ts';

/**
 * Runs the agent in this process until SIGTERM or SIGINT. The first line on stdout is the address of the model server.
 * `withInput` also ends it when its standard input ends: then whoever started it is gone, however that came.
 */
export async function runUntilStopped(options: AgentOptions, { withInput = false } = {}): Promise<void> {
  const agent = await composeAgent(options);
  process.stdout.write(`serving ${agent.url}\n`);
  await new Promise<void>((resolve) => {
    if (withInput) process.stdin.once('end', resolve).resume();
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.once(signal, () => {
        resolve();
      });
    }
  });
  await agent.stop();
}
