import { scanArtefact } from '#core/artefacts/index.ts';
import type { ArtefactScanner } from '#core/artefacts/ports.ts';

/** The real scan, in the process of the test: quicker than a child for each of many small files. */
export const scanHere: ArtefactScanner = { scan: (source, question) => scanArtefact(source, question) };
