export { cycloneDxSchema } from './cyclonedx-schema.ts';
