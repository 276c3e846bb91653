export { renderVerdictPdf } from './verdict-report.ts';
