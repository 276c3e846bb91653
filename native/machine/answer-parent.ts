import { writeFileSync } from 'node:fs';

/** The child's half of `runLimitedChild`: takes one job, answers it, ends. A throw becomes the log of the crash. */
export function answerParent(work: (job: unknown, progress: (message: unknown) => void) => Promise<unknown>): void {
  offerFirstToTheOutOfMemoryKiller();
  const send = (message: unknown): void => {
    process.send?.(message);
  };
  process.once('disconnect', () => process.exit(0));
  process.once('message', (message: { job: unknown }) => {
    work(message.job, (progress) => {
      send({ type: 'progress', message: progress });
    }).then(
      (answer) => {
        send({ type: 'answer', answer });
      },
      (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`, () =>
          process.exit(1),
        );
      },
    );
  });
  send({ type: 'started' });
}

/** If memory runs out all the same, the kernel ends this process and not the model that serves the line. */
function offerFirstToTheOutOfMemoryKiller(): void {
  try {
    writeFileSync('/proc/self/oom_score_adj', '1000');
  } catch {
    // Only Linux has it; the memory limit of the parent still holds.
  }
}
