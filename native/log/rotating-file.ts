import { closeSync, existsSync, fstatSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

export interface RotatingFileOptions {
  readonly dir: string;
  /** `station` becomes `station.log`, then `station.1.log` … */
  readonly name: string;
  readonly maxBytes: number;
  /** Old files kept beside the present one. */
  readonly keep: number;
}

/** A log file that is renamed away when it is full. */
export interface RotatingFile {
  write(line: string): void;
  /** Lines that the disk refused: a full disk must never stop the station. */
  droppedLines(): number;
  close(): void;
}

/** Opens `<dir>/<name>.log` for appending; only the owner may read it. */
export function openRotatingFile(options: RotatingFileOptions): RotatingFile {
  mkdirSync(options.dir, { recursive: true });
  const pathOf = (age: number): string => join(options.dir, age === 0 ? `${options.name}.log` : `${options.name}.${String(age)}.log`);
  let file: number | null = openSync(pathOf(0), 'a', 0o600);
  let sizeBytes = fstatSync(file).size;
  let dropped = 0;

  function rotate(): void {
    if (file !== null) closeSync(file);
    file = null;
    rmSync(pathOf(options.keep), { force: true });
    for (let age = options.keep - 1; age >= 0; age -= 1) {
      if (existsSync(pathOf(age))) renameSync(pathOf(age), pathOf(age + 1));
    }
    file = openSync(pathOf(0), 'a', 0o600);
    sizeBytes = 0;
  }

  return {
    write: (line) => {
      const bytes = Buffer.from(line, 'utf8');
      try {
        if (file === null || (sizeBytes > 0 && sizeBytes + bytes.length > options.maxBytes)) rotate();
        if (file !== null) sizeBytes += writeSync(file, bytes);
      } catch {
        // Nowhere left to report it to: counted, and told by whoever asks.
        dropped += 1;
      }
    },
    droppedLines: () => dropped,
    close: () => {
      if (file !== null) closeSync(file);
      file = null;
    },
  };
}
