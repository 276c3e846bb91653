export { runLimitedChild, type ChildOutcome, type LimitedChild } from './limited-child.ts';
export { answerParent } from './answer-parent.ts';
export { processMemory, type ProcessMemory } from './process-memory.ts';
export { environmentFacts, machineFacts, sampleCpu, shareOfOthers, type CpuSample } from './machine-facts.ts';
