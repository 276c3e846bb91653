export {
  advance,
  judgeClock,
  laterFloor,
  TimeFloor,
  type ClockJudgement,
  type ClockState,
  type TimeEvidence,
} from './trusted-time.ts';
