// The package exports no path to its schemas, so they are named by file. As imports they end up inside built programs.
import bom15 from '../../node_modules/@cyclonedx/cyclonedx-library/res/schema/bom-1.5.SNAPSHOT.schema.json' with { type: 'json' };
import bom16 from '../../node_modules/@cyclonedx/cyclonedx-library/res/schema/bom-1.6.SNAPSHOT.schema.json' with { type: 'json' };
import bom17 from '../../node_modules/@cyclonedx/cyclonedx-library/res/schema/bom-1.7.SNAPSHOT.schema.json' with { type: 'json' };
import cryptography from '../../node_modules/@cyclonedx/cyclonedx-library/res/schema/cryptography-defs.SNAPSHOT.schema.json' with { type: 'json' };
import jsf from '../../node_modules/@cyclonedx/cyclonedx-library/res/schema/jsf-0.82.SNAPSHOT.schema.json' with { type: 'json' };
import spdx from '../../node_modules/@cyclonedx/cyclonedx-library/res/schema/spdx.SNAPSHOT.schema.json' with { type: 'json' };

/** The official CycloneDX schemas by version, as the CycloneDX library ships them. */
export const BOM_SCHEMAS: Readonly<Record<'1.5' | '1.6' | '1.7', object>> = {
  '1.5': bom15,
  '1.6': bom16,
  '1.7': bom17,
};

/** What they refer to, under the names that they use. */
export const REFERRED_SCHEMAS: Readonly<Record<string, object>> = {
  'spdx.SNAPSHOT.schema.json': spdx,
  'jsf-0.82.SNAPSHOT.schema.json': jsf,
  'cryptography-defs.SNAPSHOT.schema.json': cryptography,
};
