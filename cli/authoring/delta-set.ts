import { INVENTORY_TYPE, InventoryReceipt } from '#contracts/outbox.ts';
import { DsseEnvelope } from '#contracts/device.ts';
import { AppError, MIB } from '#core/base/index.ts';
import { fromBase64, openDocument } from '#core/signing/index.ts';
import { parseStrictJson } from '#core/strict-json/index.ts';
import { planDeltaSet, zstdDeltaCodec, type DeltaSet } from '#native/delta/index.ts';
import { nodeSignatureVerifier, readKeyText } from '#native/keys/index.ts';
import { readPlainFile } from '#native/oci/index.ts';
import { openLayouts } from './open-layouts.ts';

const RECEIPT_LIMIT_BYTES = 8 * MIB;

export interface DeltaOptions {
  readonly against?: string;
  readonly receiptKey?: string;
  readonly base?: readonly string[];
  readonly full?: true;
}

/** Null when everything is to be carried. The caller closes what it gets. */
export async function openDeltaSet(
  from: Awaited<ReturnType<typeof openLayouts>>,
  options: DeltaOptions,
): Promise<DeltaSet | null> {
  if (options.against === undefined || options.full === true) return null;
  const receipt = await readReceipt(options.against, options.receiptKey);
  const based = options.base === undefined ? null : await openLayouts(options.base);
  const bases = [from, ...(based === null ? [] : [based])].flatMap(({ bundles, blobs }) =>
    bundles.flatMap((bundle) => bundle.blobs.map((blob) => ({ blob, reader: blobs }))),
  );
  return planDeltaSet({ bundles: from.bundles, blobs: from.blobs, receipt, bases, codec: zstdDeltaCodec });
}

/**
 * Untrusted: a receipt that came back on a stick. Without the key of the site nobody vouches for it: a wrong one makes a set that the
 * site refuses by name, and nothing worse.
 */
async function readReceipt(path: string, keyPath: string | undefined): Promise<InventoryReceipt> {
  const json = parseStrictJson(await readPlainFile(path, RECEIPT_LIMIT_BYTES), { bytes: RECEIPT_LIMIT_BYTES });
  if (keyPath !== undefined) {
    return openDocument(json, {
      payloadType: INVENTORY_TYPE,
      schema: InventoryReceipt,
      publicKeyPem: await readKeyText(keyPath),
      verifier: nodeSignatureVerifier,
    });
  }
  const envelope = DsseEnvelope.safeParse(json);
  const receipt =
    envelope.success && envelope.data.payloadType === INVENTORY_TYPE
      ? InventoryReceipt.safeParse(parseStrictJson(fromBase64(envelope.data.payload), { bytes: RECEIPT_LIMIT_BYTES }))
      : null;
  if (receipt?.success !== true) throw new AppError('INPUT_MALFORMED', `${path} is no inventory receipt`, { path });
  return receipt.data;
}
