/** Version of every program of this repository, as reports, enrolments and verification summaries state it. A test holds it to package.json. */
export const PROGRAM_VERSION = '0.1.0';
