export { admitDesired, type Admission, type Addressee } from './admit-desired.ts';
export { planAgent, rolloutStateOf, type AgentFacts, type AgentStep, type Awaited } from './plan-agent.ts';
export { AgentState, FRESH_STATE, InstalledModel, previousSlot, refOf, runnableSlot, Slot } from './state.ts';
export {
  beginStaging,
  beginTrial,
  commitTrial,
  countRestart,
  dropDamaged,
  failSlot,
  markProved,
  markPulled,
  markVerified,
  noteProgress,
  renewDesired,
  resumeServing,
  returnFromTrial,
  rollBackTrial,
  stopServing,
  takeDesired,
} from './transitions.ts';
export { judgeWatchdog, type WatchdogBounds, type WatchdogFigures, type WatchdogJudgement } from './watchdog.ts';
