import { enableCompileCache, flushCompileCache } from 'node:module';
import { COMPILED_CODE_FLAG } from './protocol.ts';

// The file that a scan starts as a process of its own (or as a thread, where the program may start no processes).
const folder = process.argv.find((arg) => arg.startsWith(COMPILED_CODE_FLAG))?.slice(COMPILED_CODE_FLAG.length);
if (folder !== undefined) enableCompileCache(folder);
// Behind the line above: a static import would be compiled before it.
const { serveScan } = await import('./serve-scan.ts');
// This process is ended by a signal, so what was compiled is kept now, before it has seen a byte of anybody's file.
flushCompileCache();
serveScan();
