import { join } from 'node:path';

/** Where an agent keeps its things. Everything under one directory, owned by one user. */
export interface AgentFolder {
  readonly root: string;
  readonly identityFile: string;
  /** The private half of what content keys are wrapped to. */
  readonly contentIdentityFile: string;
  readonly keyFile: string;
  readonly stateFile: string;
  readonly blobs: string;
  readonly outbox: string;
  readonly samples: string;
  readonly evidence: string;
  readonly handledFile: string;
}

export const agentFolder = (root: string): AgentFolder => ({
  root,
  identityFile: join(root, 'identity.json'),
  contentIdentityFile: join(root, 'content.identity'),
  keyFile: join(root, 'device.key'),
  stateFile: join(root, 'state.json'),
  blobs: join(root, 'store'),
  outbox: join(root, 'outbox'),
  samples: join(root, 'samples'),
  evidence: join(root, 'evidence'),
  handledFile: join(root, 'handled-requests.json'),
});
