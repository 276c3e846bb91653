export { accepts } from './accept.ts';
export { decideRange, type RangeDecision } from './byte-range.ts';
export { pageOf, readPageSize, type Page } from './page.ts';
export { readPullPath, type PullRequest } from './request-path.ts';
