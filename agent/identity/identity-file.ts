import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { EnrolmentResponse } from '#contracts/device.ts';
import { AppError } from '#core/base/index.ts';
import { isNotFound, writeFileDurably } from '#native/fs/index.ts';
import type { AgentFolder } from '#agent/agent-folder.ts';

/** What was pinned at enrolment: the answer of the station, and the address it was reached at. */
export const AgentIdentity = EnrolmentResponse.extend({ stationUrl: z.string() });
export type AgentIdentity = z.infer<typeof AgentIdentity>;

/** Written last of all enrolment files: a folder is enrolled exactly when this file is there. */
export async function writeIdentity(folder: AgentFolder, identity: AgentIdentity): Promise<void> {
  await writeFileDurably(folder.identityFile, `${JSON.stringify(identity, null, 2)}\n`, { mode: 0o600 });
}

/** AGENT_FOLDER_INVALID when the folder is not enrolled. */
export async function readIdentity(folder: AgentFolder): Promise<AgentIdentity> {
  try {
    return AgentIdentity.parse(JSON.parse(await readFile(folder.identityFile, 'utf8')));
  } catch (cause) {
    const why = isNotFound(cause) ? 'is not enrolled' : 'has a damaged identity file';
    throw new AppError('AGENT_FOLDER_INVALID', `${folder.root} ${why}`, { folder: folder.root }, { cause });
  }
}
