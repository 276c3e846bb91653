/** Version of the agent program, as reports and enrolments state it. */
export const AGENT_VERSION = '0.1.0';
