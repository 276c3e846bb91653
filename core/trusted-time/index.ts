export {
  advance,
  judgeClock,
  laterFloor,
  TimeEvidence,
  TimeFloor,
  type ClockJudgement,
  type ClockState,
} from './trusted-time.ts';
