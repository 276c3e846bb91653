import { DesiredDocument, PAYLOAD_TYPES } from '#contracts/device.ts';
import { isAppError, type Clock } from '#core/base/index.ts';
import type { SignatureVerifier } from '#core/keys/ports.ts';
import { openDocument } from '#core/signing/index.ts';
import { admitDesired, renewDesired, takeDesired } from '#core/slots/index.ts';
import type { AgentIdentity } from '#agent/identity/identity-file.ts';
import type { StateFile } from '#agent/state/state-file.ts';

export interface DesiredDeps {
  readonly clock: Clock;
  readonly identity: AgentIdentity;
  readonly verifier: SignatureVerifier;
  readonly state: StateFile;
  readonly log: (message: string) => void;
}

/** What a received document changed. */
export type DesiredEffect = 'nothing' | 'renewed' | 'same-model' | 'other-model';

/** Untrusted: `envelope` comes from the wire. Takes it over when the pinned site key signed it and it may replace the one in force. */
export async function receiveDesired(envelope: unknown, deps: DesiredDeps): Promise<DesiredEffect> {
  const { state, identity } = deps;
  let document: DesiredDocument;
  try {
    document = openDocument(envelope, {
      payloadType: PAYLOAD_TYPES.desired,
      schema: DesiredDocument,
      publicKeyPem: identity.siteKeyPem,
      verifier: deps.verifier,
    });
  } catch (error) {
    if (!isAppError(error)) throw error;
    deps.log(`desired document refused: ${error.code} ${error.message}`);
    return 'nothing';
  }
  const admission = admitDesired(state.current, document, identity, Math.round(deps.clock.now()));
  if (!admission.admitted) {
    if (!admission.repeat) deps.log(`desired document refused: ${admission.code} ${admission.message}`);
    return 'nothing';
  }
  const before = state.current.desired?.model?.variantDigest ?? null;
  await state.change((now) => (admission.renewal ? renewDesired(now, document) : takeDesired(now, document)));
  if (admission.renewal) return 'renewed';
  return before === (document.model?.variantDigest ?? null) ? 'same-model' : 'other-model';
}
