import { serveScan } from './serve-scan.ts';

// The file that a scan starts as a process of its own (or as a thread, where the program may start no processes).
serveScan();
