import { createPublicKey, X509Certificate } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { DEVICE_PATHS, EnrolmentResponse, type EnrolmentRequest } from '#contracts/device.ts';
import { AppError, MIB, PROGRAM_VERSION } from '#core/base/index.ts';
import { isErrorCode } from '#contracts/errors/index.ts';
import { createAgeIdentity } from '#native/age/index.ts';
import { writeFileDurably } from '#native/fs/index.ts';
import { createKeyPair, writeKeyFile } from '#native/keys/index.ts';
import { createHttpsClient } from '#native/registry-client/index.ts';
import { agentFolder, type AgentFolder } from '#agent/agent-folder.ts';
import { certificateRequest } from './certificate-request.ts';
import { proveContentKey } from './content-identity.ts';
import { parseEnrolmentCode } from './enrolment-code.ts';
import { writeIdentity, type AgentIdentity } from './identity-file.ts';
import { pinSiteCa } from './pin-certificate.ts';

const ANSWER_LIMIT_BYTES = 2 * MIB;

export interface EnrolOptions {
  readonly stationUrl: string;
  readonly code: string;
  readonly directory: string;
}

/**
 * Enrols this machine: checks the site CA against the code, and only then shows the code and a certificate request.
 * The private key is made here and never leaves; its file is readable by its owner only.
 */
export async function enrol({ stationUrl, code, directory }: EnrolOptions): Promise<AgentIdentity> {
  const parsed = parseEnrolmentCode(code);
  const folder = agentFolder(directory);
  await refuseUsedFolder(folder);
  const caPem = await pinSiteCa(stationUrl, parsed.caFingerprintStart);
  const keys = createKeyPair('ecdsa-p256');
  const csrPem = await certificateRequest(keys.privateKeyPem, hostname());
  const content = await createAgeIdentity();
  const answer = await askStation(stationUrl, caPem, {
    v: 1,
    code: parsed.text,
    csrPem,
    hostname: hostname(),
    agentVersion: PROGRAM_VERSION,
    recipient: content.recipient,
  });
  checkAnswer(answer, { caPem, publicKeyPem: keys.publicKeyPem });
  await proveContentKey(answer, content.identity);
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeKeyFile(folder.keyFile, keys.privateKeyPem, null);
  await writeFileDurably(folder.contentIdentityFile, `${content.identity}\n`, { mode: 0o600 });
  const identity: AgentIdentity = { ...answer, caPem, stationUrl };
  await writeIdentity(folder, identity);
  return identity;
}

async function refuseUsedFolder(folder: AgentFolder): Promise<void> {
  const files = await readdir(folder.root).catch(() => [] as string[]);
  if (files.length > 0)
    throw new AppError('AGENT_FOLDER_INVALID', `${folder.root} is not empty; a device is enrolled into a new folder`, {
      folder: folder.root,
    });
}

async function askStation(stationUrl: string, caPem: string, request: EnrolmentRequest): Promise<EnrolmentResponse> {
  const http = createHttpsClient({ caPem });
  try {
    const body = new TextEncoder().encode(JSON.stringify(request));
    const response = await http.send({
      method: 'POST',
      url: new URL(DEVICE_PATHS.enrol, stationUrl).href,
      headers: { 'Content-Type': 'application/json' },
      body,
    });
    const text = new TextDecoder().decode(await response.bytes(ANSWER_LIMIT_BYTES));
    if (response.status !== 200) throw refusal(response.status, text);
    const answer = EnrolmentResponse.safeParse(readJson(text));
    if (!answer.success)
      throw new AppError(
        'INPUT_MALFORMED',
        'the answer of the station is not an enrolment',
        {},
        { cause: answer.error },
      );
    return answer.data;
  } finally {
    http.close();
  }
}

/** The pinned CA must have signed a certificate for our key; otherwise the station, or something in its place, is confused. */
function checkAnswer(answer: EnrolmentResponse, ours: { caPem: string; publicKeyPem: string }): void {
  const certificate = new X509Certificate(answer.certificatePem);
  const isOurs = certificate.publicKey.equals(createPublicKey(ours.publicKeyPem));
  if (!isOurs || !certificate.verify(new X509Certificate(ours.caPem).publicKey)) {
    throw new AppError(
      'STATION_IDENTITY_WRONG',
      'the certificate in the answer is not for this key, or not by the site CA',
    );
  }
}

function refusal(status: number, text: string): AppError {
  const json = readJson(text);
  const known =
    typeof json === 'object' &&
    json !== null &&
    'code' in json &&
    typeof json.code === 'string' &&
    isErrorCode(json.code)
      ? json.code
      : 'ENROLMENT_CODE_INVALID';
  const message =
    typeof json === 'object' && json !== null && 'message' in json && typeof json.message === 'string'
      ? json.message
      : `the station answered ${String(status)}`;
  return new AppError(known, message.slice(0, 500), { status });
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The schema refuses null and says what was expected.
    return null;
  }
}
