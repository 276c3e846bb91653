// Imported before any schema: zod otherwise probes for `new Function`, which the page's security policy reports as a violation.
import { z } from 'zod';

z.config({ jitless: true });
